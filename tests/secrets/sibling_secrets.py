"""Secrets of every kind at every place, made with a fixed seed: `OPAQUE` in a template is an opaque value."""

import base64
import gzip
import json
import random
import string
import zlib
from urllib.parse import quote, quote_plus

import brotli
import zstandard
from sibling_bodies import MEMBERS, PARTS, SENTENCES, TEXTS

HEADERS = """
X-API-Token X-Service-Key Api-Key apikey X-Auth-Key X-Auth-Secret X-CSRFToken X-XSRF-TOKEN X-Plex-Token Circle-Token X-TrackerToken
X-Cisco-Meraki-API-Key X-Algolia-API-Key x-goog-iap-jwt-assertion X-MS-TOKEN-AAD-ACCESS-TOKEN X-MS-TOKEN-AAD-REFRESH-TOKEN DD-API-KEY
DD-APPLICATION-KEY X-Insert-Key X-Query-Key X-Consul-Token X-Nomad-Token X-Octopus-ApiKey X-NuGet-ApiKey X-Redmine-API-Key
X-Amz-Security-Token X-Amz-Server-Side-Encryption-Customer-Key x-ms-meta-password X-Forwarded-Access-Token X-Auth-Request-Access-Token
X-Id-Token X-Hub-Signature X-Slack-Signature X-Twilio-Signature webhook-signature Svix-Signature X-Line-Signature Linear-Signature
X-SAML-Assertion X-Session-Token Grpc-Metadata-Authorization X-Forwarded-Authorization X-Authorization X-Password X-Passwd
X-User-Credential X-Webhook-Secret X-Refresh-Token X-Device-Token Private-Token X-Master-Key X-Admin-Secret X-Registry-Auth
X-MS-Client-Principal X-WSSE-Password Client-Secret Azure-Search-Api-Key x-sas-token X-Connection-String X-Bot-Token X-Ticket
X-Login-Session Set-Authorization OK-ACCESS-SIGN X-JFrog-Art-Api
""".split()
SCHEMES = (
    """
Bearer OPAQUE|bearer  OPAQUE|Token OPAQUE|Token token="OPAQUE"|Token token=OPAQUE, email=a@b.example|AWS AKID:OPAQUE|OSS id:OPAQUE
AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=OPAQUE|Hawk id="a", ts="1", mac="OPAQUE"
Signature keyId="a",algorithm="hs2019",signature="OPAQUE"|JWT OPAQUE|Key OPAQUE|Api-Token OPAQUE|GenieKey OPAQUE|Client-ID OPAQUE
OAuth oauth_consumer_key="a", oauth_token="OPAQUE"|Zoho-oauthtoken OPAQUE|EG1-HMAC-SHA256 client_token=OPAQUE;|SAPISIDHASH 17_OPAQUE
HMAC OPAQUE|OPAQUE|u:OPAQUE|Bearer: OPAQUE|token OPAQUE|Basic OPAQUE|DPoP OPAQUE|Negotiate OPAQUE|SharedKey account:OPAQUE
Bearer OPAQUE, Basic dTpw|PVEAPIToken=root@pam!ci=OPAQUE|X-API-Key OPAQUE|Digest username="u", nonce="1", response="OPAQUE"
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
COOKIES = (
    """
JSESSIONID=OPAQUE|a=1; b=OPAQUE|a="OPAQUE"|PHPSESSID=OPAQUE; theme=dark|.AspNetCore.Cookies=OPAQUE|connect.sid=s%3AOPAQUE.abc
wordpress_logged_in_1=admin%7C1%7COPAQUE|__Secure-next-auth.session-token=OPAQUE|a=1, b=OPAQUE|a=1;b=OPAQUE|OPAQUE|_csrf=OPAQUE;
remember_token="1|OPAQUE"|a[b]=OPAQUE|ESTSAUTH=OPAQUE; ESTSAUTHPERSISTENT=OPAQUE|a = OPAQUE|%73id=OPAQUE|laravel_session={"a":"OPAQUE"}
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
SET_COOKIES = (
    """
sid=OPAQUE|sid=OPAQUE; Path=/; Secure|sid=OPAQUE; Max-Age=1; SameSite=None; Partitioned|a=1; HttpOnly, sid=OPAQUE; Path=/|"sid"=OPAQUE
a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/, sid=OPAQUE; Domain=a.example|sid="OPAQUE"; Version=1|sid=u:OPAQUE|sid={"t":"OPAQUE"}
sid=OPAQUE;expires=Wed, 21-Oct-2037 07:28:00 GMT;path=/|__Host-sid=OPAQUE; Path=/; Priority=High|sid=a.OPAQUE.b; Path=/
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
URLS = (
    """
https://u:OPAQUE@a.example/|https://:OPAQUE@a.example/|https://oauth2:OPAQUE@git.example/a.git|https://x-access-token:OPAQUE@git.example/a
https://a%40b.example:OPAQUE@a.example/|//u:OPAQUE@a.example/|https://OPAQUE:@a.example/v1|https://OPAQUE:x-oauth-basic@git.example/a
https://a.example/v1;jsessionid=OPAQUE|https://a.example/v1;access_token=OPAQUE;v=1/x|https://a.example/v1;v=1;auth_token=OPAQUE?x=1
https://a.example/invite/token/OPAQUE|https://a.example/verify-token/OPAQUE/confirm|https://a.example/password/OPAQUE?x=1
https://a.example/reset_password/OPAQUE#top|https://a.example/api-key/OPAQUE/rotate|https://a.example/session/OPAQUE
https://a.example/#access_token=OPAQUE&state=1|https://a.example/#/cb?id_token=OPAQUE|https://a.example/cb#code=OPAQUE&state=1
/v1?access%5ftoken=OPAQUE|/v1?%61ccess_token=OPAQUE|/v1?access_toke%6e=OPAQUE|/v1?api%2Dkey=OPAQUE|/v1?apikey=OPAQUE|/v1?ApiKey=OPAQUE
/v1?X-Goog-Signature=OPAQUE|/v1?Signature=OPAQUE&Key-Pair-Id=a|/v1?oauth_token=OPAQUE|/v1?oauth_signature=OPAQUE|/v1?auth_token=OPAQUE
/v1?private_token=OPAQUE|/v1?assertion=OPAQUE|/v1?SAMLResponse=OPAQUE|/v1?client_assertion=OPAQUE|/v1?jwt=OPAQUE|/v1?invite_token=OPAQUE
/v1?passcode=OPAQUE|/v1?pwd=OPAQUE|/v1?user.password=OPAQUE|/v1?token[]=OPAQUE|/v1?auth[token]=OPAQUE|/v1?filter[0][api_key]=OPAQUE
/v1?u=https%253A%252F%252Fh%252F%253Ftoken%253DOPAQUE|/v1?u=https%3A%2F%2Fh%2F%3Ftoken%3DOPAQUE%26x%3D1|/v1?q=a%26client_secret%3DOPAQUE
/v1?next=%2Fcb%3Fcode%3DOPAQUE|/v1?u=https%253A%252F%252Fu%253AOPAQUE%2540h|/v1?u=https%3A%2F%2Fu%3aOPAQUE%40h%2F|/v1?x=1&amp;token=OPAQUE
/v1?q=%7B%22token%22%3A%22OPAQUE%22%7D|/v1?q={"auth":{"token":"OPAQUE"}}|/v1?h=Authorization%3A%20Bearer%20OPAQUE|/v1?h=Bearer+OPAQUE
/v1?access-token=OPAQUE|/v1?accessToken=OPAQUE|/v1?sessionToken=OPAQUE|/v1?key=OPAQUE|/v1?code=OPAQUE&state=x|/v1?state=x&code=OPAQUE
/v1?sv=2021&sig=OPAQUE%3D|/v1?hmac=1&token=OPAQUE|/v1?a=1;token=OPAQUE|/v1?token=OPAQUE;a=1|/v1?t=1&client%255Fsecret=OPAQUE|/v1?TOKEN=OPAQUE
myapp://cb?code=OPAQUE|app.example:/cb?access_token=OPAQUE|https://a.example/?url=//u:OPAQUE@b.example|ftp://u:OPAQUE@a.example/b
/v1?k=OPAQUE|/v1?a=1&hmac=OPAQUE|/v1?sign=OPAQUE&a=1|/v1?oauth_verifier=OPAQUE|/v1?__token__=OPAQUE|/v1?pw=OPAQUE|/v1?a=1&userkey=OPAQUE
/v1?login_ticket=OPAQUE|/v1?code_verifier=OPAQUE|/v1?device_code=OPAQUE|/v1?subscription-key=OPAQUE|/v1?X-Amz-Security-Token=OPAQUE
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
FORMS = (
    """
client_secret=OPAQUE|a=1&client_secret=OPAQUE&b=2|password=OPAQUE|username=a%40b&password=OPAQUE|user%5Bpassword%5D=OPAQUE|user.pass=OPAQUE
auth%5Btoken%5D=OPAQUE|client%5fsecret=OPAQUE|%63lient_secret=OPAQUE|refresh_token=OPAQUE&grant_type=refresh_token|assertion=OPAQUE
grant_type=authorization_code&code=OPAQUE|device_code=OPAQUE|code_verifier=OPAQUE&code=1|client_assertion=OPAQUE|RelayState=a&SAMLResponse=OPAQUE
__RequestVerificationToken=OPAQUE|csrfmiddlewaretoken=OPAQUE|authenticity_token=OPAQUE|_token=OPAQUE|ctl00$Main$Password=OPAQUE
login%5Bpasswd%5D=OPAQUE|payload=%7B%22token%22%3A%22OPAQUE%22%7D|data={"password":"OPAQUE"}|q=password%3DOPAQUE|new_password=OPAQUE
current_password=OPAQUE&new_password=OPAQUE|passwordConfirm=OPAQUE|secret_key=OPAQUE|api_secret=OPAQUE|AWS_SECRET_ACCESS_KEY=OPAQUE
token=OPAQUE&token_type_hint=access_token|subject_token=OPAQUE|actor_token=OPAQUE|id_token=OPAQUE|mfa_token=OPAQUE|sso_token=OPAQUE|
webhook_secret=OPAQUE|signing_secret=OPAQUE|a=1%0Apassword%3DOPAQUE|client_id=a;client_secret=OPAQUE|client_id=a&amp;client_secret=OPAQUE
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
CHALLENGES = (
    """
Bearer realm="a", access_token="OPAQUE"|Negotiate OPAQUE|NTLM OPAQUE|Bearer error_description="the token 'OPAQUE' expired"
Bearer error="invalid_token", error_description="token=OPAQUE"|PoP nonce="1", token="OPAQUE"
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
URL_HEADERS = """Location|Refresh|Link|Referer|X-Original-URL|X-Forwarded-Uri|Content-Location|Operation-Location|Azure-AsyncOperation""".split(
    "|"
)


def opaque(choice: random.Random) -> str:
    """Return an opaque value of one of the common alphabets."""
    alphabet = choice.choice(
        [string.ascii_letters + string.digits, "0123456789abcdef", string.ascii_letters + string.digits + "-_"]
    )
    letters = choice.choices(alphabet, k=choice.randint(20, 44))
    return (
        f"{choice.choice(string.ascii_letters)}{choice.choice(string.digits)}{''.join(letters)}".replace("__", "_x")
        + "w"
    )


def encodings(text: str):
    """Yield a text in the encodings of bodies."""
    data = text.encode()
    yield "gzip", gzip.compress(data)
    yield "gzip twice", gzip.compress(gzip.compress(data))
    yield "zlib", zlib.compress(data)
    yield "deflate", zlib.compress(data, wbits=-15)
    yield "br", brotli.compress(data)
    yield "zstd", zstandard.compress(data)
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"):
        yield encoding, text.encode(encoding)


def templates():
    """Yield places and templates: ``url``, ``header`` with its name, or ``body``."""
    yield from (("header", name, "OPAQUE") for name in HEADERS)
    yield from (("header", "Authorization", each) for each in SCHEMES)
    yield from (("header", "Cookie", each) for each in COOKIES)
    yield from (("header", "Set-Cookie", each) for each in SET_COOKIES)
    yield from (("header", "WWW-Authenticate", each) for each in CHALLENGES)
    yield from (("header", name, "https://a.example/cb?code=OPAQUE&state=1") for name in URL_HEADERS)
    yield from (("url", "", each) for each in URLS)
    yield from (("body", "", f"{{{json.dumps('url')}: {json.dumps(each)}}}") for each in URLS[::3])
    yield from (("body", "", each) for each in (*FORMS, *TEXTS, *PARTS, *SENTENCES))
    yield from (("body", "", json.dumps(each)) for each in MEMBERS)
    yield from (("body", "", json.dumps({"code": "1000", "description": each})) for each in SENTENCES)
    yield from (("body", "", f"q={quote_plus(json.dumps(each))}") for each in MEMBERS[::5])
    yield from (("url", "", f"/v1?q={quote(json.dumps(each))}") for each in MEMBERS[::7])


def secrets(seed: int = 8):
    """Yield each secret: the part of an exchange, the name of the header, the value, and the secret itself."""
    choice = random.Random(seed)
    for part, name, template in templates():
        secret = opaque(choice)
        if "-----" in template:
            secret = secret.replace("-", "a").replace("_", "b")
        yield part, name, template.replace("OPAQUE", secret), secret
    for text in (json.dumps(MEMBERS[47]), "grant_type=a&client_secret=OPAQUE", TEXTS[0]):
        secret = opaque(choice)
        for encoding, body in encodings(text.replace("OPAQUE", secret)):
            yield "body", encoding, body, secret
    for indent in (None, 1, 2):
        secret = opaque(choice)
        data = json.dumps(MEMBERS[0], indent=indent).replace("OPAQUE", secret).encode()
        yield "body", "base64", base64.b64encode(data), secret
        yield "body", "base64 in lines", base64.encodebytes(data), secret
        yield "body", "base64url", base64.urlsafe_b64encode(data).rstrip(b"="), secret
        yield (
            "body",
            "data URI",
            json.dumps({"x": f"data:application/json;base64,{base64.b64encode(data).decode()}"}),
            secret,
        )
