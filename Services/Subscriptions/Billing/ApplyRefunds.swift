import DomainModel
import Persistence
import Postgres

extension Office {
    /// Books every refund of a charge that we do not know yet, and the outcome of those we do.
    func applyRefunds(
        _ refunds: [ProviderRefund],
        charge: String,
        attempt: String?,
        at provider: PaymentMethodKind,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        guard let payment = try await payment(charge: charge, attempt: attempt, at: provider, in: tx) else {
            return .ignored
        }
        var changed = 0
        for told in refunds where try await apply(told, of: payment.value, in: tx) { changed += 1 }
        try await closeIfRefunded(payment.id, in: tx)
        return NoticeEffect(
            outcome: changed > 0 ? .applied : .stale,
            account: payment.accountID,
            detail: "\(changed) refunds changed"
        )
    }

    /// Stores what the gateway says of one refund. What is known already changes nothing.
    /// - Returns: whether it changed anything.
    func apply(_ told: ProviderRefund, of payment: Payment, in tx: PostgresTransaction) async throws -> Bool {
        let account = try await account(payment.accountID, in: tx)
        let today = try await today(in: account.timeZoneName, tx)
        // What came to nothing before we heard of it needs no document.
        let isOver = told.status == .failed || told.status == .cancelled
        guard var refund = try await known(told, of: payment, makeNew: !isOver, today: today, in: tx) else {
            return false
        }
        let (before, wasNameless) = (refund.status, refund.providerReference == nil)
        if wasNameless { refund.value.providerReference = told.reference }
        switch (before, told.status) {
        case (.pending, .succeeded):
            try await succeed(&refund, of: payment, on: today, in: tx)
        case (.pending, .failed), (.pending, .cancelled):
            refund.value.status = try before.applying(told.status == .failed ? .fail : .cancel)
            refund.value.failureReason = "the gateway could not give it back"
            try await Refunds.save(&refund, in: tx)
            try note(.refundFailed, on: .payment(payment), because: "\(refund.number) over \(refund.amount)")
        case (.succeeded, .failed):
            // The bank sent it back after all: the money is ours again.
            refund.value.status = try before.applying(.fail)
            refund.value.failureReason = "the client's bank sent it back"
            try await Refunds.save(&refund, in: tx)
            let booked = try await refundEntry(refund.value, of: payment, on: today, in: tx)
            try await Ledger.post(booked.reversed(on: today), in: tx)
            try note(.refundFailed, on: .payment(payment), because: "\(refund.number) over \(refund.amount)")
        case (.pending, .pending) where wasNameless:
            try await Refunds.save(&refund, in: tx)
        default:
            return false
        }
        return true
    }

    /// pending → succeeded, with its entry in the books.
    func succeed(
        _ refund: inout Stored<Refund>,
        of payment: Payment,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        refund.value.status = try refund.status.applying(.succeed)
        try await Refunds.save(&refund, in: tx)
        try await Ledger.post(try await refundEntry(refund.value, of: payment, on: day, in: tx), in: tx)
        try note(.refunded, on: .payment(payment), because: "\(refund.amount) \(refund.reason)")
    }

    /// A payment of which nothing is left is `refunded`.
    func closeIfRefunded(_ id: Payment.ID, in tx: PostgresTransaction) async throws {
        let tenant = Tenant.system(reason: "a refund")
        guard var payment = try await Payments.find(id, for: tenant, lock: .forUpdate, in: tx),
            payment.refunded == payment.amount, payment.status.isSettled,
            // The refunds' own trigger counts what is on its way as well.
            try await Refunds.all(of: [id], for: tenant, in: tx).allSatisfy({ $0.status != .pending })
        else { return }
        try payment.value.refundAll()
        try await Payments.save(&payment, in: tx)
    }

    private func refundEntry(
        _ refund: Refund,
        of payment: Payment,
        on day: CalendarDay,
        in tx: PostgresTransaction
    ) async throws -> LedgerEntry {
        let invoice = try await Invoices.find(payment.invoiceID, for: .account(payment.accountID), in: tx)
        return try .refunded(
            refund,
            of: payment,
            againstCustomerCredit: refund.creditNoteID != nil,
            tags: LedgerTags(
                accountID: payment.accountID,
                siteID: invoice?.lines.first?.siteID,
                subscriptionID: invoice?.subscriptionID,
                invoiceID: payment.invoiceID,
                paymentID: payment.id,
                refundID: refund.id
            ),
            reference: refund.number,
            on: day
        )
    }

    /// Our row of a refund: the one whose number travelled along, the one that carries the provider's name, the pending
    /// one of the same amount that waits for it, else a new one: it was made in the provider's own console.
    private func known(
        _ told: ProviderRefund,
        of payment: Payment,
        makeNew: Bool,
        today: CalendarDay,
        in tx: PostgresTransaction
    ) async throws -> Stored<Refund>? {
        let tenant = Tenant.account(payment.accountID)
        if let number = told.number,
            let refund = try await Refunds.find(number: number, for: tenant, lock: .forUpdate, in: tx),
            refund.paymentID == payment.id
        {
            return refund
        }
        if let refund = try await Refunds.find(reference: told.reference, for: tenant, lock: .forUpdate, in: tx) {
            return refund
        }
        let waiting = try await Refunds.all(of: [payment.id], for: tenant, in: tx)
            .first { $0.status == .pending && $0.providerReference == nil && $0.amount == told.amount }
        if let waiting { return waiting }
        guard makeNew else { return nil }
        return try await Refunds.create(
            of: payment,
            amount: told.amount,
            reason: told.reason.isEmpty ? "refunded at the provider" : told.reason,
            on: today,
            in: tx
        )
    }

    /// The payment whose money moved under a charge's name, held until the transaction ends.
    func payment(
        charge: String?,
        attempt: String?,
        at provider: PaymentMethodKind,
        in tx: PostgresTransaction
    ) async throws -> Stored<Payment>? {
        let tenant = Tenant.system(reason: "a provider's event")
        if let charge, let found = try await Payments.find(charge: charge, for: tenant, lock: .forUpdate, in: tx) {
            return found
        }
        guard let attempt else { return nil }
        return try await Payments.find(provider, reference: attempt, for: tenant, lock: .forUpdate, in: tx)
    }
}
