import Postgres

/// `expand[]=latest_charge.balance_transaction`: ids in an answer become the objects they name.
struct StripeExpansion: Sendable {
    let tx: PostgresTransaction

    func expand(_ answer: StripeAnswer, _ paths: [String]) async throws -> StripeAnswer {
        guard !paths.isEmpty, answer.status == 200 else { return answer }
        var value = try StripeJSON.value(from: answer.body)
        for path in paths {
            let steps = path.split(separator: ".").map(String.init)
            guard steps.count <= 4 else {
                throw StripeError.invalid("You cannot expand more than 4 levels.", param: "expand")
            }
            value = try await expand(value, steps[...], path)
        }
        return StripeAnswer(status: 200, body: try StripeJSON.encode(value))
    }

    private func expand(_ value: JSONValue, _ steps: ArraySlice<String>, _ path: String) async throws -> JSONValue {
        guard let step = steps.first else { return value }
        if case .array(let items) = value {
            var expanded: [JSONValue] = []
            for item in items { expanded.append(try await expand(item, steps, path)) }
            return .array(expanded)
        }
        guard case .object(var fields) = value else { throw refusal(path) }
        let isInvoice = fields["object"] == .string(Invoice.kind)
        if isInvoice, step == "payments" || step == "confirmation_secret", fields[step] == nil {
            fields[step] = try await hidden(step, of: fields)
        }
        guard let field = fields[step] else { throw refusal(path) }
        switch field {
        case .null: return value
        case .string(let id):
            guard let object = try await object(id) else { throw refusal(path) }
            fields[step] = try await expand(object, steps.dropFirst(), path)
        default:
            if steps.count == 1, !isInvoice { throw refusal(path) }
            fields[step] = try await expand(field, steps.dropFirst(), path)
        }
        return .object(fields)
    }

    private func object(_ id: String) async throws -> JSONValue? {
        let rows = try await tx.query("select body from sandbox.stripe_objects where id = \(id)")
        return try rows.first.map { try StripeJSON.value(from: try $0.decode("body", as: PostgresJSON.self).bytes) }
    }

    /// What an invoice shows only when asked.
    private func hidden(_ field: String, of invoice: [String: JSONValue]) async throws -> JSONValue {
        guard case .string(let id)? = invoice["id"] else { return .null }
        let links = StripeLinks(invoice: id)
        let payments = try await StripeStore(tx: tx).all(InvoicePayment.self, where: StripeFilter(links: links))
        if field == "payments" {
            let list = StripeList(data: payments, hasMore: false, url: "/v1/invoice_payments?invoice=\(id)")
            return try StripeJSON.value(from: StripeJSON.encode(list))
        }
        guard let intent = payments.last?.payment.paymentIntent,
            case .object(let fields)? = try await object(intent), let secret = fields["client_secret"]
        else { return .null }
        return .object(["client_secret": secret, "type": .string("payment_intent")])
    }

    private func refusal(_ path: String) -> StripeError {
        .invalid("This property cannot be expanded (\(path)).", param: "expand")
    }
}
