"""What people of a small provider's town say."""

from dataclasses import dataclass

from api.models.enums import Category

CUSTOMERS = (
    "Maria Aparecida Souza", "José Carlos Pereira", "Antônia Lima", "Francisco das Chagas", "Luciana Martins",
    "Paulo Henrique Dias", "Rita de Cássia", "Sebastião Rocha", "Camila Nogueira", "Rafael Teixeira",
    "Vera Lúcia Campos", "Gustavo Almeida", "Padaria Pão da Praça", "Mercadinho São João", "Escola Pequeno Mundo",
    "Tiago Barbosa", "Helena Fonseca", "Osvaldo Cruz Neto", "Patrícia Moura", "Joana D'Arc Silveira",
)  # fmt: skip


@dataclass(frozen=True)
class Talk:
    """One kind of conversation: where it goes, what it is about, and its lines in turn, the customer first."""

    department: str
    category: Category
    lines: tuple[str, ...]


TALKS = (
    Talk(
        "tecnico",
        Category.OUTAGE,
        (
            "Bom dia, estou sem internet desde cedo. A luz LOS do aparelho está vermelha.",
            "Bom dia! Vou verificar o sinal da sua fibra, um instante.",
            "Obrigado, fico no aguardo.",
            "Encontrei perda de sinal no seu ramal. Já abri o reparo: a equipe passa hoje até as 17h.",
            "Perfeito, vou estar em casa.",
        ),
    ),
    Talk(
        "tecnico",
        Category.SLOW,
        (
            "A internet está muito lenta à noite, não consigo ver filme.",
            "Entendo. O teste foi feito por cabo ou por Wi-Fi?",
            "Por Wi-Fi mesmo, no quarto.",
            "Mudei o canal do seu roteador, que estava congestionado. Pode testar de novo?",
            "Nossa, melhorou bastante! Obrigada.",
        ),
    ),
    Talk(
        "tecnico",
        Category.WIFI,
        (
            "Esqueci a senha do Wi-Fi, como faço para trocar?",
            "Posso trocar por aqui. Qual senha o senhor prefere, com pelo menos 8 caracteres?",
            "Pode colocar uma qualquer, eu anoto.",
            "Pronto. Enviei a nova senha por SMS para o telefone do cadastro.",
        ),
    ),
    Talk(
        "comercial",
        Category.OTHER,
        (
            "Olá! Vocês atendem no bairro Jardim das Flores?",
            "Atendemos sim! Temos planos de 300, 500 e 700 mega por lá.",
            "Qual o valor do de 500?",
            "R$ 99,90 por mês, com instalação grátis. Posso agendar uma visita?",
            "Pode ser na quinta de manhã.",
        ),
    ),
    Talk(
        "administrativo",
        Category.BILLING,
        (
            "Preciso da segunda via do boleto deste mês, por favor.",
            "Claro! Acabei de enviar para o e-mail do cadastro.",
            "Recebi, muito obrigada!",
        ),
    ),
    Talk(
        "administrativo",
        Category.BILLING,
        (
            "Fui cobrado duas vezes no cartão.",
            "Sinto muito por isso. Vejo as duas cobranças aqui; uma será estornada em até dois dias úteis.",
            "Ok, vou acompanhar. Obrigado.",
        ),
    ),
)

AFTERWORDS = ("Certo, obrigado!", "Entendi. E quanto tempo leva?", "Pode verificar mais uma coisa?", "Ótimo, valeu!")

IS_IT_BACK = ("Sim, voltou! Obrigado.", "Não, aqui continua sem sinal.")

COMMENTS = (None, None, "Atendimento rápido, resolveu na hora.", "Muito atenciosa.", "Demorou um pouco, mas resolveu.")
