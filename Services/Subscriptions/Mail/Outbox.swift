import DomainModel
import JobQueue
import Persistence
import Postgres

/// A letter on its way into the outbox.
struct Post: Sendable {
    let letter: Letter
    let recipient: EmailAddress
    /// Names the mail once and for all, `welcome:12`; a second one with the same key is not written.
    let key: String
    let account: Account.ID
    var subscription: ManagedSubscription.ID?
    /// See ``NewJob/priority``.
    var priority = 0
    /// The trace that the job which sends it goes on with, where it is not the present one.
    var trace: String?
}

extension Office {
    /// Writes a letter into the outbox and the job that sends it, in the transaction of its cause.
    ///
    /// - Parameter key: see ``Post/key``.
    func send(
        _ letter: Letter,
        to recipient: EmailAddress,
        key: String,
        account: Account.ID,
        subscription: ManagedSubscription.ID? = nil,
        in tx: PostgresTransaction
    ) async throws {
        let post = Post(letter: letter, recipient: recipient, key: key, account: account, subscription: subscription)
        try await send([post], in: tx)
    }

    /// The same for several letters, in three statements however many they are.
    func send(_ posts: [Post], in tx: PostgresTransaction) async throws {
        let mails = posts.map { post in
            let bodies = letters.render(post.letter)
            return NewEmail(
                post.letter.kind,
                uniqueKey: post.key,
                account: post.account,
                subscription: post.subscription,
                from: house.sender,
                to: [post.recipient],
                subject: post.letter.subject,
                text: bodies.text,
                html: bodies.html
            )
        }
        let ids = try await Emails.queue(mails, messageDomain: house.domain, in: tx)
        let jobs = posts.compactMap { post in
            ids[post.key].map { id in
                var job = SubscriptionsJobs.sendEmail(id.rawValue, account: post.account)
                job.priority = post.priority
                job.trace = post.trace
                return job
            }
        }
        try await producer.enqueue(jobs, in: tx)
    }
}
