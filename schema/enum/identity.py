"""The words of identity from outside."""

from models.rules.identity_provider import LoginClaim, ProviderKind
from schema.enum.show import show

show(
    ProviderKind,
    "Who vouches for people.",
    OIDC="A company's own provider that speaks OpenID Connect.",
    WECHAT="微信小程序: WeChat, for a company's mini-program.",
)
show(
    LoginClaim,
    "The claim of an ID token that finds the Account at the first sign-in; afterwards the provider's `sub` does.",
    PREFERRED_USERNAME="The Account's login. Only for providers whose users cannot choose it themselves.",
    EMAIL="The e-mail of its Person or Staff, if the provider says that it was verified.",
    PHONE_NUMBER="The mobile number of its Person or Staff, if the provider says that it was verified.",
)
