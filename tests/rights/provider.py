"""An identity provider on loopback that speaks OpenID Connect: discovery, authorization code with PKCE, signed tokens, and one person who is signed in."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "union-board", "client-secret"


class Provider:
    """A running provider; `person` is who is signed in there."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.person = {"sub": "4711", "preferred_username": "liu@county", "email": "liu@county.example"}
        self.codes: dict[str, dict[str, str]] = {}
        self.spoil = ""  # issuer | audience | nonce | signature: what the next token gets wrong
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Ends the provider."""
        self.server.shutdown()

    def discovery(self) -> dict[str, object]:
        """The metadata document."""
        here = self.address
        return {"issuer": here, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/jwks",
                "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"]}  # fmt: skip

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, object] | None:
        """The tokens for a code, once; None when client, code or verifier do not fit."""
        asked = self.codes.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or authorization != basic or asked.get("code_challenge") != proof:
            return None
        wrong = lambda what, right: "wrong" if self.spoil == what else right  # noqa: E731
        claims = {"iss": wrong("issuer", self.address), "aud": wrong("audience", CLIENT), "nonce": wrong("nonce", asked.get("nonce")),
                  "iat": int(time.time()), "exp": int(time.time()) + 300, **self.person}  # fmt: skip
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.spoil == "signature" else self.key
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)}

    def _handler(provider):
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *words: object) -> None:
                pass

            def _json(self, told: object, status: int = 200) -> None:
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                if url.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize({k: v[0] for k, v in parse_qs(url.query).items()}))
                    self.end_headers()
                else:
                    self._json({"keys": [provider.key.as_dict(private=False)]} if url.path == "/jwks" else provider.discovery())

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                told = provider.token({k: v[0] for k, v in parse_qs(text).items()}, self.headers.get("Authorization", ""))
                self._json(told or {"error": "invalid_grant"}, 200 if told else 400)

        return Handler
