"""A partner's first hour with the API: token, authorisation, display, declaration, code, verification, upload, changes.

    BASE=https://…/api/v1 CLIENT=gate-1 SECRET=… python example.py

Shows a code for the resident, waits for their 同意, then works with the handle. Needs Python 3.11 and `requests`.
"""

import os
import time
import uuid
from datetime import UTC, datetime

import requests

BASE, CLIENT, SECRET = os.environ["BASE"], os.environ["CLIENT"], os.environ["SECRET"]
http = requests.Session()


def token():
    answer = http.post(f"{BASE}/oauth/token", data={"grant_type": "client_credentials"}, auth=(CLIENT, SECRET))
    answer.raise_for_status()
    return answer.json()["access_token"]


def ask(method, path, body=None, key=None, **query):
    headers = {"Idempotency-Key": key} if key else {}
    answer = http.request(method, BASE + path, json=body, params=query, headers=headers, timeout=10)
    if not answer.ok:  # application/problem+json: `detail` says what to do
        raise SystemExit(f"{answer.status_code} {answer.json()['detail']}")
    return answer.json()


http.headers["Authorization"] = f"Bearer {token()}"

# 1. The resident allows it in the chat.
asked = ask("POST", "/authorisations", {"user": "u-1001", "scopes": ["query", "declare", "code"]})
print("授权", asked["code"], flush=True)
while asked["state"] in ("waiting", "shown"):
    time.sleep(0.2)
    asked = ask("GET", f"/authorisations/{asked['id']}")
if asked["state"] != "agreed":
    raise SystemExit(asked["state"])
handle = asked["handle"]

# 2. What the display shows.
resident = ask("GET", f"/residents/{handle}")
print("state", resident["state"], "until", resident["until"], flush=True)

# 3. A declaration, safe to send again under the same key.
key = str(uuid.uuid4())
body = {"temperature": 36.5, "symptoms": []}
first, again = (ask("POST", f"/residents/{handle}/health-declarations", body, key) for _ in range(2))
print("recorded once", first["receipt"] == again["receipt"], flush=True)

# 4. A code, verified; the opaque datum serves the upload.
code = ask("POST", f"/residents/{handle}/codes")
found = ask("POST", "/codes/verifications", {"code": code["link"]})
row = {"bizExtData": found["bizExtData"], "taken": datetime.now(UTC).isoformat(), "temperature": 36.6}
told = ask("POST", "/temperatures", {"rows": [row]}, key=str(uuid.uuid4()))
print("verified", found["result"], "row", told["rows"][0]["status"], flush=True)

# 5. Changes, page by page; keep the cursor with what you took.
cursor = "0-0"
while True:
    page = ask("GET", "/changes", cursor=cursor)
    for each in page["changes"]:
        print("change", each["state"], each["version"] > 0, flush=True)
    cursor = page["cursor"]
    if not page["more"]:
        break
