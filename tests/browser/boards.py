"""The dashboard as somebody sees it, and what an agent's page does to move its figures."""

from playwright.sync_api import Locator, Page

ACT = """async ([mutation, id]) => {
  const query = `mutation { ${mutation}(id: "${id}") { userErrors { message } } }`
  const answer = await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({query})
  })
  return (await answer.json()).data[mutation].userErrors
}"""
OPEN = """async () => {
  const ask = async (query) => (await (await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({query})
  })).json()).data
  const {departments} = await ask('{ departments { id slug } }')
  const id = departments.find((one) => one.slug === 'tecnico').id
  const input = `{departmentId: "${id}", name: "José", cpf: "52998224725", message: "Sem sinal"}`
  return (await ask(`mutation { openChat(input: ${input}) { chat { id } } }`)).openChat.chat.id
}"""


def tile(page: Page, name: str) -> Locator:
    """The figure of a tile."""
    return page.locator("dl > div").filter(has=page.get_by_role("term").filter(has_text=name)).locator("dd").first
