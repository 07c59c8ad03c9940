import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// What staff do with an issued invoice. It is never edited: a correction is a credit note (spec 9.5).
enum InvoiceChangeRoutes {
    static let endpoints = [creditNote, void, markPaid, uncollectible]

    private static let creditNote = Endpoint(
        .post,
        "billing/invoices/{id}/credit-note/",
        .staff,
        "creditInvoice",
        "Write a credit note: it first lowers what is due; the rest is refunded, or kept as the client's credit"
    ) { call in
        try await call.write { write in
            var desk = try await InvoiceDesk(call, write)
            let credits = try await CreditNotes.lines(of: [desk.invoice.id], in: write.tx)[desk.invoice.id] ?? []
            let left = try Creditable(desk.invoice.value, less: credits)
            let note = try await CreditNotes.issue(
                try lines(of: call.body, left),
                on: &desk.invoice,
                reason: try call.body.text("reason"),
                at: desk.now,
                on: desk.today,
                createdBy: write.identity.userID,
                in: write.tx
            )
            if call.body["excess"]?.string == "refund" {
                try await refund(note, of: desk, write)
            }
            return try await desk.done(
                .credited,
                write,
                data: [
                    "credit_note": .string(note.number), "amount": .string(try (note.net + note.tax).decimalString),
                ],
                status: .created
            )
        }
    }.with {
        $0.body = .named(
            "NewCreditNote",
            .object([
                .required("reason", .name(max: 500), "Stands on the note."),
                .optional("amount", .money, "Tax included, split over the lines; all that is left when left out."),
                .optional(
                    "lines",
                    .array(
                        .object([.required("position", .integer(1...10_000)), .required("net", .money)]),
                        count: 1...1000
                    ),
                    "Instead of an amount: what to take back of each line, before tax."
                ),
                .optional("excess", .oneOf(["credit", "refund"]), "What is done with the part beyond what is due."),
            ])
        )
        $0.success = .created
        describe(&$0)
    }

    private static let void = Endpoint(
        .post,
        "billing/invoices/{id}/void/",
        .staff,
        "voidInvoice",
        "Withdraw an invoice that nobody has paid on; its number stays"
    ) { call in
        try await call.write { write in
            var desk = try await InvoiceDesk(call, write)
            try await Invoices.void(&desk.invoice, on: desk.today, in: write.tx)
            return try await desk.done(.voided, write)
        }
    }.with {
        $0.body = reason
        describe(&$0)
    }

    private static let uncollectible = Endpoint(
        .post,
        "billing/invoices/{id}/uncollectible/",
        .staff,
        "writeOffInvoice",
        "Give an invoice up: what is due becomes bad debt"
    ) { call in
        try await call.write { write in
            var desk = try await InvoiceDesk(call, write)
            try await Invoices.writeOff(&desk.invoice, on: desk.today, in: write.tx)
            return try await desk.done(.writtenOff, write)
        }
    }.with {
        $0.body = reason
        describe(&$0)
    }

    private static let markPaid = Endpoint(
        .post,
        "billing/invoices/{id}/mark-paid/",
        .staff,
        "markInvoicePaid",
        "Book money that came by bank or in hand"
    ) { call in
        try await call.write { write in
            var desk = try await InvoiceDesk(call, write)
            guard let number = desk.invoice.number else { throw desk.notIssued }
            let amount = try money(call.body["amount"], "amount", desk.invoice.currency) ?? desk.invoice.value.due
            guard amount.isPositive else { throw Problem.invalid("amount", "more than nothing") }
            let paidOn = call.body["paid_on"]?.string.flatMap { CalendarDay($0) } ?? desk.today
            guard paidOn <= desk.today, let issuedOn = desk.invoice.issuedOn, issuedOn <= paidOn else {
                throw Problem.invalid("paid_on", "a day from the invoice's to today")
            }
            let payment = try await Invoices.receive(
                amount,
                on: &desk.invoice,
                number,
                by: call.body["kind"]?.string.flatMap { PaymentMethodKind(rawValue: $0) } ?? .bank,
                reference: call.body["reference"]?.string,
                at: desk.now,
                on: paidOn,
                createdBy: write.identity.userID,
                in: write.tx
            )
            return try await desk.done(
                .paid,
                write,
                data: ["payment": .string(payment.idempotencyKey.rawValue), "amount": .string(amount.decimalString)]
            )
        }
    }.with {
        $0.body = .named(
            "ReceivedPayment",
            .object([
                .optional("amount", .money, "All that is due when left out."),
                .optional("kind", .oneOf(["bank", "manual"]), "`bank` when left out."),
                .optional("reference", .name(max: 200), "How the bank names it."),
                .optional("paid_on", .day, "The day it counts for in the books; today when left out."),
                .optional("reason", .text(max: 500), "Stands in the audit log."),
            ])
        )
        describe(&$0)
    }

    private static let reason = Schema.object([.optional("reason", .text(max: 500), "Stands in the audit log.")])

    private static func describe(_ endpoint: inout Endpoint) {
        endpoint.answer = Resources.invoiceDetails.schema
        endpoint.hasETag = true
        endpoint.problems = [.conflict]
    }

    private static func money(_ value: JSON?, _ field: String, _ currency: Currency) throws -> Money? {
        guard let text = value?.string else { return nil }
        do {
            return try Money(decimal: text, currency: currency)
        } catch {
            throw Problem.invalid(field, "an amount that \(currency.code) can hold")
        }
    }

    private static func lines(of body: JSON, _ left: Creditable) throws -> [CreditNoteLine] {
        if let given = body["lines"]?.array {
            guard !body.has("amount") else { throw Problem.invalid("amount", "left out where lines are given") }
            var nets: [Int: Money] = [:]
            for line in given {
                let position = Int(try line.number("position"))
                guard nets[position] == nil else { throw Problem.invalid("lines", "each position once") }
                nets[position] = try money(line["net"], "lines", left.currency)
            }
            return try left.nets(nets)
        }
        if let amount = try money(body["amount"], "amount", left.currency) { return try left.amount(amount) }
        guard left.total.isPositive else { throw CreditExceedsInvoice(amount: left.total, left: left.total) }
        return left.everything()
    }

    /// Refunds as much of a note's excess as gateways took, the newest payment first; what is left stays the client's
    /// credit. Each refund is committed with its document before its gateway hears of it.
    private static func refund(_ note: CreditNote, of desk: InvoiceDesk, _ write: Write) async throws {
        var left = note.excess
        for payment in try await Payments.all(of: desk.invoice.id, for: write.tenant, in: write.tx).reversed()
        where payment.kind.isCharged && payment.status.isSettled {
            let amount = try left.capped(at: payment.amount - payment.refunded)
            guard amount.isPositive else { continue }
            let refund = try await Refunds.create(
                of: payment.value,
                amount: amount,
                creditNote: note.id,
                reason: note.reason,
                on: desk.today,
                createdBy: write.identity.userID,
                in: write.tx
            )
            left = try left - amount
            _ = try await write.enqueue(
                SubscriptionsJobs.refundPayment(refund.id.rawValue, account: note.accountID)
            )
        }
    }
}

/// An invoice in the hands of staff: held until the end, with the moment and the day that its account has.
private struct InvoiceDesk {
    var invoice: Stored<Invoice>
    let before: InvoiceStatus
    let now: Date
    let today: CalendarDay

    init(_ call: Call, _ write: Write) async throws {
        let id = Invoice.ID(try call.id())
        guard let invoice = try await Invoices.find(id, for: write.tenant, lock: .forUpdate, in: write.tx),
            let account = try await Accounts.find(invoice.accountID, for: write.tenant, in: write.tx)
        else { throw Problem.notFound }
        try await write.checkVersion(Resources.invoiceDetails, id.rawValue)
        self.invoice = invoice
        before = invoice.status
        now = try await BusinessClock.now(in: write.tx)
        today = CalendarDay(of: now, in: account.timeZone)
    }

    var notIssued: Problem {
        Problem.conflict("not-issued", "A draft has no number yet, and nobody owes it.")
    }

    /// Orders what follows, writes the audit event, and answers with the invoice as it is now.
    func done(
        _ action: AuditAction,
        _ write: Write,
        data: [String: JSONValue] = [:],
        status: HTTPResponse.Status = .ok
    ) async throws -> Answer {
        let id = invoice.id.rawValue
        _ = try await write.enqueue(SubscriptionsJobs.followUpInvoice(id, account: invoice.accountID))
        try await write.audit(
            action,
            Subject(InvoiceStatus.subject, id, account: invoice.accountID, subscription: invoice.subscriptionID),
            Change(
                from: before.rawValue,
                to: invoice.status.rawValue,
                reason: write.call.body["reason"]?.string ?? "",
                data: data
            )
        )
        return try await write.answer(Resources.invoiceDetails, id, status: status)
    }
}
