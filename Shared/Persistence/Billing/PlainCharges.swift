public import DomainModel
import Foundation
public import Postgres

/// The common case of a charge, for many invoices in one transaction: an invoice that is owed, has never failed, is not
/// being charged and has no credit to use, of a client whose default method can be charged; and then its success. Whatever
/// is not so is left out here, untouched, and goes its own way one by one.
public enum PlainCharges {
    /// An attempt that has been stored and may be sent.
    public struct Attempt: Sendable {
        /// The invoice as it was then.
        public let invoice: Invoice
        /// Its number.
        public let number: InvoiceNumber
        /// The attempt: `processing`.
        public let payment: Payment
        /// What it is charged to.
        public let method: PaymentMethod
        /// The client, as the gateway knows it.
        public let customer: String
    }

    /// Stores the next attempt at each invoice that is a common case, as sent; the rows are held in the order of their ids.
    /// - Parameter charges: whether methods of a kind can be charged here.
    public static func begin(
        _ ids: [Invoice.ID],
        charges: (PaymentMethodKind) -> Bool,
        in tx: PostgresTransaction
    ) async throws -> [Invoice.ID: Attempt] {
        let owed = try await held(ids, in: tx).filter { invoice in
            invoice.status == .pending && invoice.collection == .automatic && invoice.firstFailedAt == nil
                && invoice.due.isPositive
        }
        if owed.isEmpty { return [:] }
        let accounts = Array(Set(owed.map(\.accountID)))
        let system = Tenant.system(reason: "charges")
        let underWay = try await Payments.underWay(of: owed.map(\.id), for: system, in: tx)
        let attempts = try await Payments.lastAttempts(of: owed.map(\.id), in: tx)
        let holders = try await CustomerCredits.holders(among: accounts, in: tx)
        let methods = try await PaymentMethods.standard(of: accounts, in: tx)
        let customers = try await PaymentCustomers.find(all: accounts, in: tx)
        let clock = try await tx.query("select igny8_now() as business, now() as machine").only()
        let (now, sentAt) = (try clock.decode("business", as: Date.self), try clock.decode("machine", as: Date.self))
        var begun: [Attempt] = []
        for invoice in owed where underWay[invoice.id] == nil && !holders.contains(invoice.accountID) {
            guard let number = invoice.number, let method = methods[invoice.accountID], method.isVerified,
                charges(method.kind), let customer = customers[invoice.accountID]?[method.kind]
            else { continue }
            let attempt = attempts[invoice.id, default: 0] + 1
            var payment = Payment(
                accountID: invoice.accountID,
                invoiceID: invoice.id,
                methodID: method.id,
                kind: method.kind,
                attempt: attempt,
                idempotencyKey: AttemptKey(paying: number, attempt: attempt),
                amount: invoice.due,
                createdAt: now
            )
            try payment.send(at: sentAt)
            begun.append(
                Attempt(
                    invoice: invoice.value,
                    number: number,
                    payment: payment,
                    method: method.value,
                    customer: customer
                )
            )
        }
        let stored = try await create(begun.map(\.payment), in: tx)
        var plain: [Invoice.ID: Attempt] = [:]
        for one in begun {
            guard let payment = stored[one.invoice.id] else { throw AttemptUnderWay(invoiceID: one.invoice.id) }
            plain[one.invoice.id] = Attempt(
                invoice: one.invoice,
                number: one.number,
                payment: payment,
                method: one.method,
                customer: one.customer
            )
        }
        return plain
    }

    /// What a gateway has told of a charge that came through.
    public struct Success: Sendable {
        /// Which attempt.
        public let payment: Payment.ID
        /// At which invoice.
        public let invoice: Invoice.ID
        /// The gateway's own invoice, where it has such.
        public let providerInvoice: String?
        /// The gateway's name for the attempt.
        public let reference: String
        /// The gateway's name for the movement of money.
        public let charge: String?
        /// What it kept.
        public let fee: Money?

        /// Puts it together.
        public init(
            payment: Payment.ID,
            invoice: Invoice.ID,
            providerInvoice: String?,
            reference: String,
            charge: String?,
            fee: Money?
        ) {
            self.payment = payment
            self.invoice = invoice
            self.providerInvoice = providerInvoice
            self.reference = reference
            self.charge = charge
            self.fee = fee
        }
    }

    /// A success that has been booked.
    public struct Receipt: Sendable {
        /// The invoice after it.
        public let invoice: Invoice
        /// The payment after it.
        public let payment: Payment
        /// Whose.
        public let account: Account
        /// What was charged; nil when it has been removed since.
        public let method: PaymentMethod?
    }

    /// Books the successes that are common cases: the attempt has no outcome yet, the invoice owes at least as much, and
    /// no flag says that its payment failed before.
    public static func succeed(
        _ successes: [Success],
        in tx: PostgresTransaction
    ) async throws -> [Payment.ID: Receipt] {
        let invoices = Dictionary(try await held(successes.map(\.invoice), in: tx).map { ($0.id, $0) }) { first, _ in
            first
        }
        let payments = try await found(successes.map(\.payment), in: tx)
        let flagged = try await flagged(successes.map(\.invoice), in: tx)
        let now = try await BusinessClock.now(in: tx)
        let accounts = Dictionary(
            try await Accounts.find(
                all: Array(Set(invoices.values.map(\.accountID))),
                for: .system(reason: "charges"),
                in: tx
            ).map { ($0.id, $0.value) }
        ) { first, _ in first }
        var (settled, paid): ([Stored<Payment>], [Stored<Invoice>]) = ([], [])
        for success in successes {
            guard var payment = payments[success.payment], var invoice = invoices[success.invoice],
                payment.status == .processing, invoice.status == .pending, !flagged.contains(invoice.id),
                try !invoice.due.isLess(than: payment.amount)
            else { continue }
            try payment.value.succeed(reference: success.reference, charge: success.charge, fee: success.fee, at: now)
            try invoice.value.receive(payment.amount, at: now)
            invoice.value.providerReference = success.providerInvoice ?? invoice.providerReference
            settled.append(payment)
            paid.append(invoice)
        }
        if settled.isEmpty { return [:] }
        try await save(settled, in: tx)
        try await Invoices.savePaid(&paid, in: tx)
        let methods = try await PaymentMethods.find(all: settled.compactMap(\.methodID), in: tx)
        var entries: [LedgerEntry] = []
        var receipts: [Payment.ID: Receipt] = [:]
        for (payment, invoice) in zip(settled, paid) {
            guard let account = accounts[invoice.accountID] else { continue }
            let today = CalendarDay(of: now, in: account.timeZone)
            entries.append(try .paid(invoice.value, with: payment.value, on: today))
            receipts[payment.id] = Receipt(
                invoice: invoice.value,
                payment: payment.value,
                account: account,
                method: payment.methodID.flatMap { methods[$0]?.value }
            )
        }
        try await Ledger.post(entries, in: tx)
        return receipts
    }

    // MARK: Rows

    private static func held(_ ids: [Invoice.ID], in tx: PostgresTransaction) async throws -> [Stored<Invoice>] {
        try await Invoices.load("id = any(\(ids.map(\.rawValue))) order by id for no key update", in: tx)
    }

    private static func found(
        _ ids: [Payment.ID],
        in tx: PostgresTransaction
    ) async throws -> [Payment.ID: Stored<Payment>] {
        let payments = try await tx.query(
            """
            select \(fragment: Payments.columns) from igny8_payments where id = any(\(ids.map(\.rawValue)))
            order by id for no key update
            """
        ).map(Payments.decode)
        return Dictionary(payments.map { ($0.id, $0) }) { first, _ in first }
    }

    private static func flagged(_ ids: [Invoice.ID], in tx: PostgresTransaction) async throws -> Set<Invoice.ID> {
        let rows = try await tx.query(
            """
            select subject_id from igny8_delivery_flags
            where subject_kind = \(InvoiceStatus.subject) and subject_id = any(\(ids.map(\.rawValue)))
                and kind = \(DeliveryFlagKind.paymentFailed.rawValue) and cleared_at is null
            """
        )
        return Set(try rows.map { row in try row.id("subject_id") })
    }

    private static func create(
        _ payments: [Payment],
        in tx: PostgresTransaction
    ) async throws -> [Invoice.ID: Payment] {
        if payments.isEmpty { return [:] }
        let stored = try await tx.query(
            """
            insert into igny8_payments (account_id, invoice_id, payment_method_id, kind, attempt, idempotency_key, status,
                amount, currency, sent_at, created_at)
            select account_id, invoice_id, method_id, kind, attempt, key, status, amount, currency, sent_at, created_at
            from unnest(\(payments.map(\.accountID.rawValue)), \(payments.map(\.invoiceID.rawValue)),
                \(payments.map { $0.methodID?.rawValue }), \(payments.map(\.kind.rawValue)), \(payments.map(\.attempt)),
                \(payments.map(\.idempotencyKey.rawValue)), \(payments.map(\.status.rawValue)),
                \(payments.map(\.amount.numeric)), \(payments.map(\.amount.currency.code)), \(payments.map(\.sentAt)),
                \(payments.map(\.createdAt)))
                with ordinality as given (account_id, invoice_id, method_id, kind, attempt, key, status, amount, currency,
                    sent_at, created_at, n)
            order by n
            on conflict do nothing
            returning \(fragment: Payments.columns)
            """
        ).map(Payments.decode)
        return Dictionary(stored.map { ($0.invoiceID, $0.value) }) { first, _ in first }
    }

    private static func save(_ payments: [Stored<Payment>], in tx: PostgresTransaction) async throws {
        let saved = try await tx.query(
            """
            update igny8_payments payment set status = given.status, provider_reference = given.reference,
                provider_charge = given.charge, fee = given.fee, settled_at = given.settled_at, decline_code = null,
                decline_message = null
            from unnest(\(payments.map(\.id.rawValue)), \(payments.map(\.revision)), \(payments.map(\.status.rawValue)),
                \(payments.map(\.providerReference)), \(payments.map(\.providerCharge)),
                \(payments.map { $0.fee?.numeric }), \(payments.map(\.settledAt)))
                as given (id, revision, status, reference, charge, fee, settled_at)
            where payment.id = given.id and payment.revision = given.revision
            """
        ).affected
        guard saved == payments.count else { throw StaleRevision(subject: PaymentStatus.subject) }
    }
}
