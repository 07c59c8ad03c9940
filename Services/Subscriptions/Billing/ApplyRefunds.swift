import DomainModel
import Persistence
import Postgres

extension Office {
    /// Books every refund of a charge that we do not know yet, and the outcome of those we do.
    func applyRefunds(
        _ refunds: [ProviderRefund],
        charge: String,
        intent: String?,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        guard var payment = try await payment(charge: charge, intent: intent, in: tx) else { return .ignored }
        let tenant = Tenant.account(payment.accountID)
        let account = try await account(payment.accountID, in: tx)
        let today = try await today(in: account.timeZoneName, tx)
        var booked = 0
        for told in refunds where told.status == .succeeded {
            guard var refund = try await known(told, of: payment.value, today: today, in: tx),
                refund.status == .pending
            else { continue }
            refund.value.providerReference = told.reference
            refund.value.status = try refund.status.applying(.succeed)
            try await Refunds.save(&refund, in: tx)
            let invoice = try await Invoices.find(payment.invoiceID, for: tenant, in: tx)
            try await Ledger.post(
                .refunded(
                    refund.value,
                    of: payment.value,
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
                    on: today
                ),
                in: tx
            )
            try note(.refunded, on: .payment(payment.value), because: "\(refund.amount) \(told.reason)")
            booked += 1
        }
        // The refunds' own trigger counts what was given back.
        if let counted = try await Payments.find(payment.id, for: tenant, lock: .forUpdate, in: tx) {
            payment = counted
        }
        if payment.refunded == payment.amount, payment.status.isSettled {
            try payment.value.refundAll()
            try await Payments.save(&payment, in: tx)
        }
        return NoticeEffect(
            outcome: booked > 0 ? .applied : .stale,
            account: payment.accountID,
            detail: "\(booked) refunds booked"
        )
    }

    /// A dispute takes the money until it is decided; a win brings it back. A win that is told first books both.
    func applyDispute(
        _ dispute: ProviderDispute,
        isWon: Bool,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        guard let payment = try await payment(charge: dispute.charge, intent: dispute.paymentIntent, in: tx) else {
            return .ignored
        }
        let account = try await account(payment.accountID, in: tx)
        let today = try await today(in: account.timeZoneName, tx)
        let tags = LedgerTags(accountID: account.id, invoiceID: payment.invoiceID, paymentID: payment.id)
        var isNew = try await Ledger.post(
            .disputeOpened(
                dispute.amount,
                of: payment.value,
                dispute: dispute.reference,
                tags: tags,
                on: today
            ),
            in: tx
        )
        if isWon {
            isNew = try await Ledger.post(
                .disputeWon(dispute.amount, of: payment.value, dispute: dispute.reference, tags: tags, on: today),
                in: tx
            )
        }
        guard isNew else { return NoticeEffect(outcome: .stale, account: account.id, detail: dispute.reference) }
        try note(isWon ? .disputeWon : .disputed, on: .payment(payment.value), because: dispute.reference)
        return NoticeEffect(outcome: .applied, account: account.id, detail: dispute.reference)
    }

    /// Our row of a refund: the one that carries the provider's name, else the pending one of the same amount that waits
    /// for it, else a new one: it was made in the provider's own console.
    private func known(
        _ told: ProviderRefund,
        of payment: Payment,
        today: CalendarDay,
        in tx: PostgresTransaction
    ) async throws -> Stored<Refund>? {
        let tenant = Tenant.account(payment.accountID)
        if let refund = try await Refunds.find(reference: told.reference, for: tenant, lock: .forUpdate, in: tx) {
            return refund
        }
        let waiting = try await Refunds.all(of: [payment.id], for: tenant, in: tx)
            .first { $0.status == .pending && $0.providerReference == nil && $0.amount == told.amount }
        if let waiting { return waiting }
        return try await Refunds.create(
            of: payment,
            amount: told.amount,
            reason: told.reason.isEmpty ? "refunded at the provider" : told.reason,
            on: today,
            in: tx
        )
    }

    private func payment(
        charge: String?,
        intent: String?,
        in tx: PostgresTransaction
    ) async throws -> Stored<Payment>? {
        let tenant = Tenant.system(reason: "a provider's event")
        if let charge, let found = try await Payments.find(charge: charge, for: tenant, lock: .forUpdate, in: tx) {
            return found
        }
        guard let intent else { return nil }
        return try await Payments.find(.stripe, reference: intent, for: tenant, lock: .forUpdate, in: tx)
    }
}
