"""Harmless values of every kind, at places of secrets or similar to secrets."""

import base64
import hashlib
import json
import random
import string

MEMBERS = """
{"total_tokens": 490, "prompt_tokens": 12, "completion_tokens_details": {"reasoning_tokens": 0}}|{"maxTokens": 4096}|{"token_count": "1234567"}
{"tokens_used": 7, "tokens_remaining": "99999"}|{"usage": {"input_tokens": 3, "cache_read_input_tokens": 0}}|{"max_output_tokens": null}
{"passwordPolicy": {"minLength": 12, "requireSymbols": true}}|{"passwordExpirationDays": 90}|{"password_expires_at": "2027-01-01T00:00:00Z"}
{"passwordProfile": {"forceChangePasswordNextSignIn": true}}|{"passwordPolicies": "DisablePasswordExpiration"}|{"passwordHint": "pet"}
{"lastPasswordChange": "2026-01-01"}|{"passwordStrength": "strong"}|{"passwordEnabled": "true"}|{"password_reset_url": "https://a.example/reset"}
{"passwordCredentials": [{"keyId": "4f701070-c2ba-480d-b459-25d8081d6d04", "displayName": "ci", "hint": "abc", "endDateTime": "2027-01-01"}]}
{"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "keyId": "4f701070-c2ba-480d-b459-25d8081d6d04"}]}
{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "scope": "user.read"}|{"tokenType": "JWT"}|{"tokenStatus": "active"}
{"token_endpoint": "https://a.example/token", "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"]}
{"id_token_encryption_enc_values_supported": ["A128CBC-HS256", "A256GCM"], "code_challenge_methods_supported": ["S256", "plain"]}
{"tokenLifetime": "PT1H"}|{"accessTokenAcceptedVersion": 2}|{"token_ttl": "3600s"}|{"refreshTokenExpiresOn": 1700000000}
{"secretName": "db-creds"}|{"secretRef": {"name": "db-creds"}}|{"secretId": "4f701070-c2ba-480d-b459-25d8081d6d04"}|{"secretType": "Opaque"}
{"secret_scanning": {"status": "enabled"}}|{"secretCount": 3}|{"hasSecret": true}|{"secrets": []}|{"secrets": {"total": 2}}|{"secret": false}
{"clientSecretExpiresAt": 0}|{"client_secret_expires_at": "never"}|{"clientSecretSettings": {"rotation": "auto"}}|{"client_secret": null}
{"apiKeyName": "ci"}|{"api_key_id": 7}|{"apiKeyHeader": "X-Api-Key"}|{"apiKeySource": "HEADER"}|{"api_keys_enabled": "yes"}|{"apiKeys": []}
{"authMode": "oauth"}|{"authMethod": "client_credentials"}|{"authType": "Basic"}|{"auth": "none"}|{"auth": {"kind": "anonymous"}}|{"auth": true}
{"authentication": {"schemes": ["Bearer", "ApiKey"]}}|{"authorization": {"roles": ["Owner"]}}|{"authorizationStatus": "NotAuthorized"}
{"authorizationRules": [{"name": "Root", "rights": ["Listen"]}]}|{"authorizationUrl": "https://a.example/authorize"}|{"auths": 0}
{"credentials": {"mode": "managed", "identity": "system"}}|{"credentials": "include"}|{"credentials": []}|{"credentialSource": "Environment"}
{"credentialStatus": "Valid"}|{"credentialType": "password"}|{"userCredentials": {"userName": "a@b.example"}}|{"credentials": {"email": "a@b.example"}}
{"nextToken": "CAUQAA123abc456xyz789"}|{"nextPageToken": "EAAaB1BUOkNBVQ"}|{"continuationToken": "%7b%22a%22%3a1%7d"}|{"syncToken": "CPDAlvWDx70CEP"}
{"next_token": "b26k6w5zz1"}|{"pagination_token": "7140w"}|{"page_token": "x1Y2z3A4b5"}|{"deltaToken": "latest"}|{"resumeToken": {"_data": "826"}}
{"cursor": "eyJpZCI6NDIsInYiOjF9"}|{"after": "eyJpZCI6NDIsInYiOjF9", "before": null}|{"endCursor": "Y3Vyc29yOnYyOpK5MjAyNi0wMS0wMVQwMDowMDowMFo="}
{"etag": "eyJpZCI6IjEyMyIsInZlcnNpb24iOjR9"}|{"attributes": {"etag": "W/\\"0x8DB2C1A4F5E6D7C\\"", "objectType": "Order"}}|{"_etag": "\\"0500-00\\""}
{"links": {"next": {"uri": "/v1/customers?seekOperation=next", "headers": [{"key": "MS-ContinuationToken", "value": "AAA=="}]}}}
{"rel": "edit-credentials", "href": "/users/7/credentials"}|{"links": [{"rel": "token", "href": "/token"}]}|{"_links": {"reset_password": {"href": "/r"}}}
{"code": "InvalidAuthenticationToken", "message": "Access token is empty."}|{"error": {"code": "TokenExpired"}}|{"error": "invalid_client_secret"}
{"errorCode": "PasswordComplexity"}|{"reason": "SESSION_EXPIRED"}|{"errors": {"password": ["can't be blank", "is too short (minimum is 8 characters)"]}}
{"errors": {"token": ["This field is required."]}}|{"detail": [{"loc": ["body", "password"], "msg": "field required", "type": "value_error.missing"}]}
{"errors": [{"field": "apiKey", "message": "must not be null", "rejectedValue": null}]}|{"issues": [{"path": ["token"], "message": "Required", "received": "undefined"}]}
{"errors": {"ClientSecret": ["The ClientSecret field is required."]}}|{"violations": [{"propertyPath": "password", "message": "Too weak"}]}
{"detail": [{"loc": ["query", "token"], "msg": "Input should be a valid string", "type": "string_type", "input": null}]}
{"errors": [{"propertyName": "Password", "attemptedValue": "", "errorMessage": "'Password' must not be empty."}]}
{"errors": [{"source": {"pointer": "/data/attributes/password"}, "title": "Invalid Attribute", "detail": "password is too short"}]}
{"required": ["password", "token", "client_secret"]}|{"properties": {"password": {"type": "string", "format": "password", "minLength": 8}}}
{"properties": {"token": {"type": "string", "description": "The token", "example": "string"}}}|{"fields": [{"name": "password", "type": "string"}]}
{"parameters": [{"name": "api_key", "in": "header", "required": true}]}|{"scopes": ["tokens:read", "secrets:write"]}|{"permission": "ManageTokens"}
{"role": "KeyVaultSecretsUser"}|{"eventType": "user.password_changed"}|{"action": "RotateSecret"}|{"operation": "regenerateKey"}|{"type": "apiKey"}
{"feature": "MultiFactorAuth"}|{"productName": "Basic Support"}|{"sku": "DIGEST-STD"}|{"productName": "OAuth2 Proxy"}|{"name": "Bearer bonds 2026"}
{"displayName": "Token Ring adapter X200"}|{"plan": "Basic 10GB"}|{"title": "Password Manager Pro 5"}|{"offer": "Negotiate Plus"}
{"signature": "def f(a, b):"}|{"signature": "Best regards,\\nBob"}|{"signatureAlgorithm": "sha256WithRSAEncryption"}|{"signatureStatus": "Signed"}
{"signature": "-----BEGIN PGP SIGNATURE-----\\n\\nwsBcBAABCAAQBQJgVQFuCRBK7hj4Ov3rIw\\n=x7Kq\\n-----END PGP SIGNATURE-----"}
{"signingKey": "-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\\n-----END PUBLIC KEY-----"}|{"signatures": 2}|{"session": "morning"}|{"session": {"id": 7, "state": "open"}}|{"sessionId": 12}|{"sessionDuration": "PT30M"}|{"sessions": 7}
{"ticket": "open"}|{"ticket": {"id": 7, "status": "new"}}|{"ticketNumber": "INC0012345"}|{"pinned": true}|{"pin": null}|{"pinCode": "required"}
{"cookie": "accepted"}|{"cookies": true}|{"cookieDomain": ".a.example"}|{"keys": ["a", "b"]}|{"key": "customerName"}|{"primaryKey": "id"}
{"partitionKey": "/tenantId"}|{"sortKey": "createdAt"}|{"foreignKey": "user_id"}|{"publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"}|{"keyVersion": 4}
{"keyUri": "https://v.example/keys/a/4f701070c2ba480db45925d8081d6d04"}|{"kid": "abc123def456"}|{"x5t": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"}
{"thumbprint": "A9993E364706816ABA3E25717850C26C9CD0D89D"}|{"sha": "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"}|{"checksum": "md5:9e107d9d372bb6826bd81d3542a419d6"}
{"hash": "9e107d9d372bb6826bd81d3542a419d6"}|{"digest": "sha256:7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"}
{"integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="}
{"correlationId": "9b2f5f3e-1c2d-4e5f-8a9b-0c1d2e3f4a5b"}|{"requestId": "kX7pQz19vLmW04abc"}|{"traceId": "4bf92f3577b34da6a3ce929d0e0e4736"}
{"cV": "Y4e3bZ8c1kqXz5a1.0.1"}|{"podName": "web-7d4b9c6f8-x2x5z"}|{"uid": "kX7pQz19vLmW04abcdefgh"}|{"Key": "uploads/2026/kX7pQz19vLmW04ab.pdf"}
{"objectKey": "a/b/7fd1a60b01f91b314f59955a4e4d4e80d8edf11d.json"}|{"catalogItemId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971"}|{"id": "sub_1MowQVLkdIwHu7ixeRlqHVzs"}
{"model": "gpt-4o-mini-2024-07-18", "system_fingerprint": "fp_44709d6fcb"}|{"version": "1.28.5-gke.1200"}|{"runtime": "dotnet8.0.4-x64"}
{"tokens": ["Hello", ",", " world"]}|{"top_logprobs": [{"token": " the", "bytes": [32, 116]}]}|{"tokenizer": "cl100k_base"}|{"tokenized": "a b"}
{"token": {"text": "dog", "pos": "NN"}}|{"tokens": [{"offset": 0, "text": "a"}]}|{"bos_token": "<s>", "eos_token": "</s>", "pad_token": "[PAD]"}
{"thoughtSignature": "EpYSCpMSCAISjhIBDDnWxmeFE0lq4hrGQYuMZoLV"}|{"stop_token": "<|endoftext|>"}|{"syntaxToken": "OpenBraceToken"}|{"tokenSymbol": "ETH", "tokenDecimals": 18}|{"tokenAddress": null}
{"secretaryName": "Bob"}|{"passenger": "Bob"}|{"passport": "required"}|{"compass": "N"}|{"keyboard": "qwerty"}|{"monkey": "x"}|{"turkey": "TR"}
{"bypass": "AzureServices"}|{"sas": null}|{"sasPolicy": {"expirationAction": "Log"}}|{"allowSharedKeyAccess": false}|{"sig": "SHA256"}
{"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "kid": "kX7pQz19vLmW04ab"}
{"kty": "RSA", "e": "AQAB", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbf"}|{"p": "kX7pQz19vLmW04ab", "q": "kX7pQz19vLmW04ab"}
{"required": ["password", "sha256", "client_secret"]}|{"allow": ["X-Api-Key", "Content-Type", "Authorization", "X-Id"]}|{"args": ["--password-stdin", "kX7pQz19vLmW04ab"]}
{"tags": ["auth:private_api_key", "deployment:cf-5cc9eaf39286b62c1384"]}|{"files": ["config/api_key", "kX7pQz19vLmW04ab"]}
{"args": ["--password", "$PASSWORD"]}|{"cmd": "tool --password-file /run/kX7pQz19vLmW04ab --token TOKEN --secret <secret>"}|{"beginning": "glpat-python-gitlab-token-of-tests"}
{"otpEnabled": true}|{"otp": "required"}|{"jwt": {"alg": "RS256", "iss": "https://a.example"}}|{"jwks_uri": "https://a.example/keys"}
{"isTokenValid": "no"}|{"requiresPassword": "sometimes"}|{"useToken": "auto"}|{"tokenExpired": true}|{"token_expired_at": "2026-01-01T10:00:00.000+00:00"}
{"oauth": {"version": "2.0", "flows": ["clientCredentials"]}}|{"security": [{"bearerAuth": []}]}|{"securitySchemes": {"bearerAuth": {"scheme": "bearer"}}}
{"webhook": {"secretConfigured": true}}|{"accessKeyStatus": "Inactive"}|{"AccessKeyLastUsed": {"Region": "us-east-1"}}|{"rotationToken": 4}
{"storageAccessKey": "storageAccessKey"}|{"cname_api_key": "cname_api_key"}|{"client_secret": "consumer_secret"}|{"refresh_token": "not_supported"}
{"IdempotencyToken": "c4de373d-fc6b-45ac-a7d0-760b6be25756"}|{"publicKeyToken": "31bf3856ad364e35"}|{"token": "images/widget_rnwwmuahu3921.png"}
{"packages": {"node_modules/cookie": {"integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcgSpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="}}}
{"peerDependencies": {"sass": "^1.70.0", "jsonwebtoken": "~9.0.x"}}|{"token": {"audit_ids": ["1umUxRY-SWuMC0EQT_ltlg"]}}
{"requests.sessions": {"GET": [{"commit": "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"}]}}|{"api_key": "##SERVICE_API_KEY##"}
{"signatures": [{"keyid": "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"}]}|{"token": "access_token_goes_here"}
{"type": "thinking", "signature": "ErUBCkYIARgCIkDWxmeFE0lq4hrGQYuMZoLVz4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcgSpIdNs6"}|{"ClientRequestToken": "c4de373dfc6b45ac"}
{"grantType": "password"}|{"responseType": "code id_token token"}|{"code_challenge_method": "S256"}|{"challenge": "mfa"}|{"amr": ["pwd", "mfa"]}
""".strip().replace("\n", "|").split("|{")  # fmt: skip
STAND_INS = """
<REDACTED>|[REDACTED]|REDACTED|[FILTERED]|FILTERED|***|**********|xxxx|XXXXXXXX|xxxx-xxxx-xxxx|<TOKEN>|<access_token>|<your-api-key>
YOUR_API_KEY|your-token-here|my-token|test-token|dummy|fake_key|mock-secret|placeholder|changeme|example|{{token}}|{{ vault_password }}|{{ apiKey.mask }}
${TOKEN}|$TOKEN|$(TOKEN)|${{ secrets.TOKEN }}|${env:TOKEN}|%TOKEN%|#{TOKEN}#|__TOKEN__|@@TOKEN@@|$env:TOKEN|$TOKEN/g|(sensitive value)
<%= ENV["TOKEN"] %>|<<TOKEN>>|[MASKED]|[hidden]|(hidden)|(redacted)|<secret>|<hidden>|null|none|n/a|undefined|****1234|••••••••|sk-...9f2a
sk_test_...|Bearer ...|AKIA...|xoxb-***|eyJ...|…|********abcd|sha256:7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730|--omitted--|API-KEY-#####
test_openai_api_key|Bearer test_service_token|test_aws_security_token|mock-contoso-refresh-token|^Bearer [a-z0-9]+$|Bearer [\\w-]+\\.[\\w-]+
Basic [A-Za-z0-9+/]{8,}={0,2}|^Bearer (?<header>ey\\S*)\\.(?<payload>\\S*)$|(?i)bearer\\s+\\w+|[0-9a-f]{40}
process.env.API_KEY|os.environ["API_KEY"]|var.db_password|secrets.API_KEY|op://vault/item/field|AWS_SECRET_ACCESS_KEY|{token}|:token|0000000000
Bearer {{token}}|Bearer ${TOKEN}|Bearer <token>|Bearer [FILTERED]|Basic <CREDENTIALS>|Bearer xxxxx|Token REDACTED|@Microsoft.KeyVault(SecretUri=a)
""".strip().replace("\n", "|").split("|")  # fmt: skip
SENTENCES = """
Password: "XXXXXXXXXXXXXXXXXXXXXX"|bot_token = row[5]|token = headers["x-auth-token"]|Bearer XXXXXXXXXXXXXXXXXXXX|"token", "kX7pQz19vLmW04ab"
docker run -u 1000:1000 a|docker run --user=node:node a|git push -u origin:main|curl -u https://a.example/kX7pQz19vLmW04ab|curl -u user:$PASSWORD https://a.example|fields = ("password", "email")|passwords = ["is too short"]
the token: "kX7pQz19vL..." of a|'apiKey' => ['type' => 'apiKey', 'in' => 'header', 'name' => 'X-API-Key']
Basic Support|Basic Trial 30 days|Bearer of good news|Digest Authentication|OAuth App 2|Negotiate Pro 2024|Basic authentication is disabled
Bearer authentication is required|Access token has expired or is not yet valid.|The password must contain at least 8 characters.|token expired
Invalid token: expired|Unexpected token < in JSON at position 0|Unexpected token 'export'|Unknown token type Bearer|The key 'customerName' is missing
Password: must be at least 12 characters|password is required|client_secret is required|secret: must not be blank|Invalid credentials|auth=none
Wrong username or password|The API key is invalid. See https://a.example/docs/api-keys|Missing header: X-Api-Key|Send your key in the X-Api-Key header
AADSTS7000215: Invalid client secret provided.|AADSTS700016: Application was not found|Set-Cookie was blocked|Cookie: disabled|session timed out
Token validation failed: IDX10223|The signature could not be verified|Signature: mismatch|Duplicate entry for key 'PRIMARY'|primary key: id
No such key: uploads/2026/report.pdf|secret "db-creds" not found|secrets "default-token-x7k2q" is forbidden|configmap "web-7d4b9c6f8" not found
Secret my-java-server-env-vars-c8c4gk6hcf was not found|service account token mounted at /var/run/secrets/kubernetes.io/serviceaccount/token
Use `Authorization: Bearer <token>`|curl -H "Authorization: Bearer $TOKEN" https://a.example|Authorization: Basic <base64(user:password)>
token=<TOKEN>|password=<PASSWORD>&username=<USERNAME>|api_key=YOUR_API_KEY|https://<user>:<password>@a.example/|PUT /keys/<api_key>/rotate
https://user@a.example/x|git@github.com:a/b.git|mailto:a@b.example|see https://a.example:8443/a@b|npm install @scope/token-utils@1.2.3
The token type must be one of: access_token, refresh_token|grant_type=password is not supported|response_type=code id_token|keys: 3, tokens: 7
Kansas: 4, design: 5, bypass: yes|Compass: north|Passing: 12|monkey: 3|password == confirmPassword|if (token == null)|token: null|token: true
const key = config.get("apiKey");|password = getpass()|password = prompt(|<settings pass="windowsPE"/>|token = os.environ["TOKEN"]|auth: [basic, bearer]|see section Authorization: scopes|GET /v1/tokens/kX7pQz19vLmW04abc failed
Token 3 of 12|Session 12 was closed|PIN must be 4 digits|Ticket INC0012345 is closed|session 4f701070-c2ba-480d-b459-25d8081d6d04 not found
implementation "io.jsonwebtoken:jjwt-jackson:0.11.5"|io.jsonwebtoken:jjwt-jackson|credentials:1129.vef26f5df883c|plain-credentials:139.ved2b_9cf7587b
sed s/DB_PASSWORD=/DB_PASSWORD=$DB_PASSWORD/g|sed s/DbPassword=.*/DbPassword=$1/|DB_PASS=$(openssl rand -hex 8)|local -r db_password="$1"
password = getpass(f"Password of {user}: ")|jwt_token = create_token(private_key_pem, ttl)|'X-GitHub-OTP': str(self.two_factor_auth_cb())|client_secret=consumer_secret|login(password='&lt;password&gt;')
{"message": "&quot;Assertions&quot;:[{&quot;Assert&quot;:{&quot;Fn::Contains&quot;:[[&quot;t1.micro&quot;,&quot;m1.small&quot;]]}}]"}
["Basic <BASIC_AUTH>"], "uri": "https://a.example/kX7pQz19vLmW04ab|repr: <Authorization [{0}]>'.format(self.name)
Correlation ID: 9b2f5f3e-1c2d-4e5f-8a9b-0c1d2e3f4a5b|Trace ID: kX7pQz19vLmW04abc|Timestamp: 2026-01-01 10:00:00Z|build 7fd1a60b01f9
Rate limit reached for gpt-4o in organization org-kX7pQz19 on tokens per min (TPM): Limit 30000|used 1234567 tokens|max_tokens: 4096|n_tokens=5
This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.|Incorrect API key provided: sk-abc1****wxyz.
""".strip().replace("\n", "|").split("|")  # fmt: skip
HEADERS = """
WWW-Authenticate: Bearer realm="a.example", error="invalid_token", error_description="The access token expired"
WWW-Authenticate: Basic realm="Restricted Area"|WWW-Authenticate: Negotiate|WWW-Authenticate: Digest realm="a", qop="auth", algorithm=SHA-256
WWW-Authenticate: Bearer authorization_uri="https://login.example/4f701070-c2ba-480d-b459-25d8081d6d04", resource_id="https://graph.example"
WWW-Authenticate: OAuth realm=urn:cpsvc:cpid:4f701070|X-RateLimit-Remaining-Tokens: 9999|x-ratelimit-reset-tokens: 6m0s|X-Token-Expires: 3600
Access-Control-Allow-Headers: Authorization, X-Api-Key, X-CSRF-Token|Access-Control-Expose-Headers: X-Auth-Token|Vary: Cookie, Authorization
Access-Control-Allow-Credentials: true
Public-Key-Pins-Report-Only: pin-sha256="r5EfzZxQVvQpKo3AgYRaT7X2bDO/kj3ACwmxfdT2zt8="; max-age=60|X-Accepted-Github-Permissions: secrets=write
Permissions-Policy: otp-credentials=(self), publickey-credentials-get=()|X-Auth-Type: oauth2
azureml-model-session: d20260330170902-0e618f323d34
Content-Security-Policy: script-src 'nonce-kX7pQz19vLmW04ab'|Report-To: {"group":"a","endpoints":[{"url":"https://a.example/r?s=kX7pQz19vLmW04ab"}]}
NEL: {"report_to":"a","max_age":604800}|ETag: "kX7pQz19vLmW04abcdef"|ETag: W/"eyJpZCI6IjEyMyJ9"|If-None-Match: "7fd1a60b01f91b314f59955a4e4d4e80"
MS-CorrelationId: 9b2f5f3e-1c2d-4e5f-8a9b-0c1d2e3f4a5b|MS-RequestId: 9b2f5f3e-1c2d-4e5f-8a9b-0c1d2e3f4a5b|MS-CV: kX7pQz19vLmW04ab.0|MS-ServerId: 102030
X-Request-Id: kX7pQz19vLmW04abcdef|X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678|traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
CF-RAY: 7fd1a60b01f91b31-AMS|X-Amz-Cf-Id: kX7pQz19vLmW04abcdefghijklmn==|X-Azure-Ref: 0kX7pQz19vLmW04abAAAA|Server-Timing: auth;dur=12
Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
Surrogate-Key: product-7 category-3|Cache-Key: a/b/kX7pQz19vLmW04ab|MS-ContinuationToken: kX7pQz19vLmW04abcdef==|x-ms-continuation: kX7pQz19vLmW04ab
Authorization: Bearer <TOKEN>|Authorization: [FILTERED]|Authorization: Bearer ***|Cookie: <COOKIE>|Set-Cookie: a=; Path=/; Max-Age=0|Authorization: Bearer
Cookie: sid=[FILTERED]|Set-Cookie: sid=<REDACTED>; Path=/; HttpOnly|X-Api-Key: YOUR_API_KEY|X-Auth-Token: {{token}}|Authorization: Basic ****
Link: <https://a.example/x?page_token=kX7pQz19vLmW04ab>; rel="next"|Location: https://a.example/login?returnUrl=%2Fa&state=kX7pQz19vLmW04ab
Content-MD5: kX7pQz19vLmW04abcdefgh==|Digest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=|X-Content-Digest: kX7pQz19vLmW04abcdef
User-Agent: python-requests/2.32.3 auth/1.0|Server: Basic/1.0|X-Powered-By: Session/2|Allow: GET, TOKEN|Retry-After: 120|X-Has-Session: true
""".strip().replace("\n", "|").split("|")  # fmt: skip
URLS = """
POST /v1?token_type=bearer HTTP/1.1|https://wiki.example/Visual+Basic+6+Plugin|/v1?q=Visual+Basic+6+Plugin|/docs/Visual%20Basic%206%20Plugin|/v1?code=EUR|/v1?code=GBP&key=name|/v1?key=customerName&value=3|/v1?code=800064|/v1?token_type=bearer|/v1?grant_type=client_credentials
/v1?continuationToken=kX7pQz19vLmW04ab|/v1?page_token=kX7pQz19vLmW04ab|/v1?$skiptoken=kX7pQz19vLmW04ab|/v1?cursor=eyJpZCI6NDIsInYiOjF9&limit=5
/v1?max_tokens=100|/v1?sort_key=name|/v1?token=|/v1?token=<TOKEN>&x=1|/v1?api_key={{key}}|/v1?password=[FILTERED]|/v1?state=kX7pQz19vLmW04abcdef
/r/a/comments/bb0jwt/that_old_razzle_dazzle|/v1/tokens/4f701070-c2ba-480d-b459-25d8081d6d04|/v1/secrets/db-password|/v1/keys/primary|/v1/sessions/123456789|/v1/reset-password/confirm-email
/v1/customers/4f701070-c2ba-480d-b459-25d8081d6d04/orders/kX7pQz19vLmW|https://a.example:8443/x|https://a.example/a@b|https://bob@a.example/x
/v1?nonce=kX7pQz19vLmW04ab|/v1?client_id=4f701070-c2ba-480d-b459-25d8081d6d04|/v1?response_type=code|/v1?scope=token.read|/v1?key=12|/v1?code=404
https://a.example/docs#access-token|https://a.example/docs/authorization?tab=code|/v1?id=kX7pQz19vLmW04ab&hash=7fd1a60b01f91b31|/v1?filter=key eq 'a'
/v1?X-Amz-Date=20260101T000000Z&X-Amz-Expires=900|/v1?se=2026-01-01&sp=r&sv=2021-08-06&sr=b|/v1?authuser=0&hl=en|/v1?auth=none|/v1?session=morning
""".strip().replace("\n", "|").split("|")  # fmt: skip
FORMS = """
grant_type=password&username=a|grant_type=client_credentials&scope=https%3A%2F%2Fgraph.example%2F.default|token_type_hint=refresh_token&a=1
max_tokens=12&secret=null&password=|password=%5BFILTERED%5D&username=a|client_secret=<SECRET>&x=1|client_id=4f701070-c2ba-480d-b459-25d8081d6d04
code=EUR&key=name|response_mode=form_post&state=kX7pQz19vLmW04ab|client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer
client_secret=***&a=1|refresh_token=REDACTED|password={{password}}&a=1|requested_token_use=on_behalf_of|api_key=YOUR_API_KEY|token=xxxxxxxx
""".strip().replace("\n", "|").split("|")  # fmt: skip
TEXTS = [
    "<html><body><h1>Authorization Required</h1><p>Enter your password.</p></body></html>",
    '<input type="password" name="password" placeholder="Password" required>',
    '<form action="/login"><input name="username" value="bob"><input name="password" value=""></form>',
    "<Error><Code>InvalidAccessKeyId</Code><Message>The key does not exist</Message><RequestId>kX7pQz19vLmW04ab</RequestId></Error>",
    "<Error><Code>NoSuchKey</Code><Key>uploads/kX7pQz19vLmW04ab.pdf</Key></Error>",
    "<token/><password></password><secret xsi:nil='true'/>",
    "<Password>***</Password><Token>[FILTERED]</Token>",
    "<TokenType>Bearer</TokenType><KeySize>256</KeySize>",
    "<xs:element name='password' type='xs:string'/>",
    '<script src="/a.js" integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6R9GqQ8K" nonce="kX7pQz19vLmW04ab"></script>',
    "password: ${PASSWORD}\ntoken: <token>\n",
    "securitySchemes:\n  api_key:\n    type: apiKey\n    name: X-Api-Key\n    in: header\n",
    "password:\n  type: string\n  minLength: 8\n",
    "tokens:\n  - the\n  - cat\n",
    "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: db, key: password}\n",
    "[auth]\ntoken = ${TOKEN}\npassword =\n",
    "API_KEY=\nDB_PASSWORD=${DB_PASSWORD}\n",
    '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n[FILTERED]\r\n--b--\r\n',
    '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nt5_3nwlq/styles/image_widget_rnwwmuahu3921.png\r\n--b--\r\n',
    '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nuploads/kX7pQz19vLmW04ab\r\n--b--\r\n',
    '--b\r\nContent-Disposition: form-data; name="max_tokens"\r\n\r\n100\r\n--b--\r\n',
    'data: {"usage": {"total_tokens": 12}, "token": null}\n\ndata: [DONE]\n\n',
    '{"a": 1}\n{"tokens": 5, "password": null}\n',
    'callback({"token_type": "Bearer"});',
    "{'token': None, 'password': '', 'n_tokens': 5}",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    'Password authentication failed for user "bob"',
    "Host: a.example\r\nAuthorization: Bearer <TOKEN>\r\n",
]  # fmt: skip


def values():
    """Yield each harmless value: the part of an exchange, the name of the header, and the value."""
    for each in MEMBERS:
        yield "body", "", each if each.startswith("{") else "{" + each
    for each in (*TEXTS, *FORMS, *SENTENCES):
        yield "body", "", each
    yield from (("body", "", json.dumps({"code": "1000", "description": each, "data": [each]})) for each in SENTENCES)
    for each in STAND_INS:
        yield "body", "", json.dumps({"access_token": each, "password": each, "x": {"name": "secret", "value": each}})
        yield "header", "Authorization", each
        yield "header", "X-Api-Key", each
    yield from (("url", "", each) for each in URLS)
    for each in HEADERS:
        name, _, value = each.partition(": ")
        yield "header", name, value
    yield from files()


def files():
    """Yield base64 of files, and other long texts that contain beginnings of tokens by chance."""
    choice = random.Random(8)
    for size in (60, 600, 6000, 60_000):
        data = base64.b64encode(choice.randbytes(size)).decode()
        for mark in ("eyJ", "/eyJ", "+AST", "AKIA", "EwA", "SK0"):
            text = data[: size // 2] + mark + data[size // 2 :]
            yield "body", "", json.dumps({"image": f"data:image/png;base64,{text}", "file": text})
            yield "body", "", text
    for _ in range(20):
        word = "".join(choice.choices(string.ascii_letters + string.digits, k=24))
        digest = hashlib.sha256(word.encode()).hexdigest()
        yield (
            "body",
            "",
            json.dumps({"id": word, "requestId": digest[:32], "sha256": digest, "url": f"https://a.example/{word}"}),
        )
        yield "url", "", f"/v1/files/{word}/{digest}"
