import type { Texts } from '../pt-BR'

export const sso: Texts['sso'] = {
  title: 'Identity provider',
  linked: 'Linked: you can sign in by it.',
  or: 'or',
  signIn: (name) => `Sign in with ${name}`,
  unlink: 'Unlink from the provider',
  unlinkTitle: (name) => `Unlink ${name} from the identity provider?`,
  unlinkText: 'Their sessions end. At their next sign-in by the provider, the e-mail links the account anew.',
  unlinked: 'Link to the provider removed.',
  failed: 'Signing in by the provider did not work. Try again in a moment.',
  refusals: {
    openid_off: 'No identity provider is set up.',
    openid_away: 'The identity provider does not answer. Try again in a moment, or sign in with your password.',
    openid_again: 'That sign-in has expired or began elsewhere. Begin again.',
    openid_refused: 'The identity provider did not confirm who you are. Begin again.',
    openid_unknown: 'Nobody with this account may enter here. Ask an administrator to add your e-mail.',
    openid_unverified: 'The provider has not confirmed your e-mail. Verify it there, or talk to an administrator.',
    openid_other:
      'This account is linked to another identity at the provider. Ask an administrator to remove the link.',
    too_many_requests: 'Too many tries. Wait some minutes and try again.',
  },
}
