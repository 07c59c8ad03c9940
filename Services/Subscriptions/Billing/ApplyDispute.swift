import DomainModel
import Persistence
import Postgres

extension Office {
    /// Brings our dispute to where the gateway has it: opened takes the money and raises a flag that staff are told of; a
    /// win brings it back; a loss is bad debt. A decision that is told first books both.
    func applyDispute(
        _ told: ProviderDispute,
        at provider: PaymentMethodKind,
        in tx: PostgresTransaction
    ) async throws -> NoticeEffect {
        guard
            let payment = try await payment(
                charge: told.charge,
                attempt: told.paymentIntent,
                at: provider,
                in: tx
            )
        else { return .ignored }
        let account = try await account(payment.accountID, in: tx)
        let now = try await BusinessClock.now(in: tx)
        let today = CalendarDay(of: now, in: account.timeZone)
        let tags = LedgerTags(accountID: account.id, invoiceID: payment.invoiceID, paymentID: payment.id)
        var (dispute, isNew) = try await Disputes.open(
            told.reference,
            of: payment.value,
            amount: told.amount,
            reason: told.reason,
            in: tx
        )
        if isNew {
            try await Ledger.post(
                .disputeOpened(dispute.amount, of: payment.value, dispute: told.reference, tags: tags, on: today),
                in: tx
            )
            try note(.disputed, on: .payment(payment.value), because: "\(told.reference): \(told.reason)")
            try await raiseDispute(dispute.value, payment.value, account, in: tx)
        }
        if let fee = told.fee, fee.isPositive {
            try await Ledger.post(
                .disputeFee(fee, of: payment.value, dispute: told.reference, tags: tags, on: today),
                in: tx
            )
        }
        guard dispute.status == .opened, told.status != .opened else {
            return NoticeEffect(outcome: isNew ? .applied : .stale, account: account.id, detail: told.reference)
        }
        let isWon = told.status == .won
        try dispute.value.close(isWon ? .win : .lose, at: now)
        try await Disputes.save(&dispute, in: tx)
        try await Ledger.post(
            isWon
                ? .disputeWon(dispute.amount, of: payment.value, dispute: told.reference, tags: tags, on: today)
                : .disputeLost(dispute.amount, dispute: told.reference, tags: tags, on: today),
            in: tx
        )
        let wasRaised = try await DeliveryFlags.clear(
            .paymentDisputed,
            on: .dispute(dispute.id),
            because: "the dispute is \(told.status.rawValue)",
            for: .account(account.id),
            in: tx
        )
        if wasRaised {
            try note(.flagCleared, on: .payment(payment.value), from: DeliveryFlagKind.paymentDisputed.rawValue)
        }
        try note(isWon ? .disputeWon : .disputeLost, on: .payment(payment.value), because: told.reference)
        return NoticeEffect(
            outcome: .applied,
            account: account.id,
            detail: "\(told.reference): \(told.status.rawValue)"
        )
    }

    private func raiseDispute(
        _ dispute: Dispute,
        _ payment: Payment,
        _ account: Account,
        in tx: PostgresTransaction
    ) async throws {
        let invoice = try await Invoices.find(payment.invoiceID, for: .account(account.id), in: tx)
        let number = invoice?.number?.description ?? ""
        let detail = "\(dispute.amount) of invoice \(number): \(dispute.reason)"
        let isNew = try await DeliveryFlags.raise(
            .paymentDisputed,
            on: .dispute(dispute.id),
            subscription: invoice?.subscriptionID,
            account: account.id,
            detail: detail,
            in: tx
        )
        if isNew {
            try note(
                .flagRaised,
                on: .payment(payment, of: invoice?.value),
                to: DeliveryFlagKind.paymentDisputed.rawValue,
                because: detail
            )
        }
        for person in try await Users.staff(role: .admin, in: tx) {
            try await send(
                .disputeOpened(
                    contact: person.name,
                    client: account.name,
                    invoice: number,
                    amount: dispute.amount,
                    reason: dispute.reason,
                    house: house
                ),
                to: person.email,
                key: "dispute:\(dispute.providerReference):\(person.id)",
                account: person.accountID,
                in: tx
            )
        }
    }
}
