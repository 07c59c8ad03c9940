import DomainModel
import FileStore
import Foundation
import JobQueue
import Persistence

/// One mail of the outbox over SMTP, with a Message-ID that stays the same at every attempt.
struct SendEmail: JobTask {
    static let name = "send_email"

    let office: Office
    private let read: Together<Email.ID, Email?>
    private let sent: Together<Sent, Void>

    /// A mail that the server took, and the job that sent it.
    private struct Sent: Sendable {
        let email: Email.ID
        let context: JobContext
    }

    init(office: Office) {
        self.office = office
        let tenant = Tenant.system(reason: SendEmail.name)
        read = Together { ids in
            let found = try await office.store.read(as: tenant, actor: "worker") { tx in
                try await Emails.find(all: ids, for: tenant, in: tx)
            }
            let emails = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
            return ids.map { emails[$0] }
        }
        sent = Together { sent in
            try await office.store.transaction(as: tenant, actor: "worker") { tx in
                try await Emails.markSent(sent.map(\.email), in: tx)
                try await JobContext.complete(sent.map(\.context), in: tx)
            }
            return sent.map { _ in }
        }
    }

    func run(_ payload: SubscriptionsJobs.Email, _ context: JobContext) async throws {
        guard let email = try await read(Email.ID(payload.emailID)) else {
            throw JobError.permanent("there is no mail \(payload.emailID)")
        }
        if email.status == .queued {
            do {
                try await deliver(email, context)
            } catch PostmanError.refused(let reason) {
                return try await office.transaction(context) { tx in
                    try await Emails.markTried(email.id, error: reason, isFinal: true, in: tx)
                    try await context.complete(in: tx)
                }
            }
            return try await sent(Sent(email: email.id, context: context))
        }
        try await office.transaction(context) { tx in try await context.complete(in: tx) }
    }

    /// One conversation a recipient: one refused address would stop the mail to the others. Whom a mail has reached is
    /// remembered, unless there is nobody else: then the mail itself says so as soon.
    private func deliver(_ email: Email, _ context: JobContext) async throws {
        let files = try await files(of: email)
        if email.recipients.count == 1 {
            return try await office.postman.deliver(mail(email, files, to: email.recipients[0]))
        }
        for recipient in email.recipients {
            _ = try await context.step("to:\(recipient)") {
                try await office.postman.deliver(mail(email, files, to: recipient))
                return true
            }
        }
    }

    /// What goes with it, from the store as it is now: a file that cannot be had is tried again with the mail.
    private func files(of email: Email) async throws -> [OutgoingFile] {
        var files: [OutgoingFile] = []
        for attachment in email.attachments {
            guard let store = office.files else {
                throw FileStoreError.unavailable("this worker is configured without one (IGNY8_FILES)")
            }
            files.append(
                OutgoingFile(
                    name: attachment.fileName,
                    type: attachment.mediaType,
                    bytes: try await store.get(attachment.sha256)
                )
            )
        }
        return files
    }

    private func mail(_ email: Email, _ files: [OutgoingFile], to recipient: EmailAddress) -> OutgoingMail {
        OutgoingMail(
            from: email.sender,
            to: recipient.rawValue,
            subject: email.subject,
            text: email.text,
            html: email.html,
            replyTo: email.replyTo,
            attachments: files,
            messageID: email.messageID.trimmingCharacters(in: ["<", ">"]),
            date: email.createdAt
        )
    }
}
