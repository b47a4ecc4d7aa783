// Puts the button on this page with what the address says (?setor=tecnico&idioma=en&tema=dark&cor=%230b7a53), and shows the tag.
const ATTRIBUTES = { setor: 'department', idioma: 'lang', tema: 'theme', cor: 'color' };
const asked = new URLSearchParams(location.search);
const form = document.getElementById('options');
const script = document.createElement('script');
// This page lives at /teste-widget/: the button's script is its neighbour.
script.src = new URL('../widget.js', location.href.split(/[?#]/)[0]).href;
script.async = true;

const attributes = [];
for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
  const value = asked.get(name);
  if (!value) continue;
  form.elements[name].value = value;
  script.dataset[attribute] = value;
  attributes.push(` data-${attribute}="${value}"`);
}
document.getElementById('snippet').textContent = `<script src="${script.src}"${attributes.join('')} async></script>`;
document.body.append(script);

form.addEventListener('change', () => {
  const chosen = [...new FormData(form)].filter(([, value]) => value);
  location.search = new URLSearchParams(chosen);
});
