import DomainModel
import JobQueue
import Persistence
import Postgres

/// Writes a mail into the outbox, with the job that sends it, in the caller's transaction.
struct Outbox: Sendable {
    let producer: JobProducer
    let sender: String

    func send(_ letter: PasswordLetters.Letter, to user: User, in tx: PostgresTransaction) async throws {
        let queued = try await Emails.queue(
            .passwordReset,
            uniqueKey: letter.uniqueKey,
            account: user.accountID,
            from: sender,
            to: [user.email],
            subject: letter.subject,
            text: letter.text,
            messageDomain: sender.split(separator: "@").last.map { $0.filter { $0 != ">" } } ?? "igny8.invalid",
            in: tx
        )
        guard let queued else { return }
        try await producer.enqueue(SubscriptionsJobs.sendEmail(queued.rawValue, account: user.accountID), in: tx)
    }
}
