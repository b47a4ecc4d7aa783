/** A random UUID. A blob's address ends in one everywhere; crypto.randomUUID is missing on the plain http pages of some providers. */
export const newId = (): string => {
  const address = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(address);
  return address.slice(-36);
};
