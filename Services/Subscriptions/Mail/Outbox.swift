import DomainModel
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Writes a letter into the outbox and the job that sends it, in the transaction of its cause.
    ///
    /// - Parameter key: names the mail once and for all, `welcome:12`; a second one with the same key is not written.
    func send(
        _ letter: Letter,
        to recipient: EmailAddress,
        key: String,
        account: Account.ID,
        subscription: ManagedSubscription.ID? = nil,
        in tx: PostgresTransaction
    ) async throws {
        let bodies = letters.render(letter)
        let email = try await Emails.queue(
            letter.kind,
            uniqueKey: key,
            account: account,
            subscription: subscription,
            from: house.sender,
            to: [recipient],
            subject: letter.subject,
            text: bodies.text,
            html: bodies.html,
            messageDomain: house.domain,
            in: tx
        )
        guard let email else { return }
        try await producer.enqueue(SubscriptionsJobs.sendEmail(email.rawValue, account: account), in: tx)
    }
}
