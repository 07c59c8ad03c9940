"""Stripe without Stripe's time: answers at once from memory what charging an invoice asks, and counts what it was paid.

It knows no rules: what the sandbox refuses, this takes. It keeps the two promises the books rely on: a key that comes
again gets its first answer, and an invoice is paid once. GET /tally tells how many requests came, how many charges were
made, and whether an invoice was charged twice.
"""

import asyncio
import json
import sys
import urllib.parse

FEE = 1_187


class Books:
    def __init__(self):
        self.answers = {}
        self.invoices = {}
        self.charges = {}
        self.requests = 0
        self.twice = 0

    def answer(self, method, path, fields, key):
        if path == "/tally":
            return {"requests": self.requests, "charges": len(self.charges), "charged_twice": self.twice}
        self.requests += 1
        if key and key in self.answers:
            return self.answers[key]
        parts = path.split("/")[2:]
        body = getattr(self, f"{method.lower()}_{parts[0]}")(parts[1:], fields)
        if key:
            self.answers[key] = body
        return body

    def post_invoices(self, rest, fields):
        if not rest:
            name = f"in_{len(self.invoices) + 1}"
            invoice = {"id": name, "status": "draft", "amount_due": 0, "metadata": {"number": fields["metadata[number]"]}}
            self.invoices[name] = invoice | {"customer": fields["customer"], "items": []}
            return invoice
        invoice = self.invoices[rest[0]]
        if rest[1] == "finalize":
            invoice["status"] = "open"
        elif rest[1] == "pay":
            self.twice += invoice["id"] in self.charges
            self.charges[invoice["id"]] = len(self.charges) + 1
            invoice["status"] = "paid"
        return self.shown(invoice)

    @staticmethod
    def shown(invoice):
        return {name: invoice[name] for name in ("id", "status", "amount_due", "metadata")}

    def post_invoiceitems(self, _, fields):
        invoice = self.invoices[fields["invoice"]]
        invoice["amount_due"] += int(fields["amount"])
        invoice["items"].append({"metadata": {"line": fields["metadata[line]"]}})
        return {"id": f"ii_{invoice['id']}_{len(invoice['items'])}"}

    def get_invoices(self, rest, fields):
        if rest:
            return self.shown(self.invoices[rest[0]])
        mine = [self.shown(each) for each in self.invoices.values() if each["customer"] == fields["customer"]]
        return {"data": mine, "has_more": False}

    def get_invoiceitems(self, _, fields):
        return {"data": self.invoices[fields["invoice"]]["items"], "has_more": False}

    def get_invoice_payments(self, _, fields):
        number = self.charges.get(fields["invoice"])
        paid = {"status": "paid", "invoice": fields["invoice"], "payment": {"payment_intent": f"pi_{number}"}}
        return {"data": [paid] if number else [], "has_more": False}

    def get_payment_intents(self, rest, _):
        charge = {"id": f"ch_{rest[0][3:]}", "balance_transaction": {"fee": FEE, "currency": "usd"}}
        return {"id": rest[0], "status": "succeeded", "latest_charge": charge}


class Connection(asyncio.Protocol):
    books = Books()

    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            lines = self.buffer[:end].decode().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if ": " in line)}
            length = int(headers.get("content-length", 0))
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length].decode()
            self.buffer = self.buffer[end + 4 + length :]
            method, target, _ = lines[0].split(" ")
            path, _, query = target.partition("?")
            fields = dict(urllib.parse.parse_qsl(query or body))
            answer = json.dumps(self.books.answer(method, path, fields, headers.get("idempotency-key"))).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
            self.transport.write(head.encode() + answer)


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
