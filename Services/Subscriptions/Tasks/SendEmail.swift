import DomainModel
import Foundation
import JobQueue
import Persistence

/// One mail of the outbox over SMTP, with a Message-ID that stays the same at every attempt.
struct SendEmail: JobTask {
    static let name = "send_email"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Email, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        let email = try await office.read(context) { tx in
            try await Emails.find(Email.ID(payload.emailID), for: tenant, in: tx)
        }
        guard let email else { throw JobError.permanent("there is no mail \(payload.emailID)") }
        var refusal: String?
        if email.status == .queued {
            do {
                // One conversation a recipient: one refused address would stop the mail to the others.
                for recipient in email.recipients {
                    _ = try await context.step("to:\(recipient)") {
                        try await office.postman.deliver(mail(email, to: recipient))
                        return true
                    }
                }
            } catch PostmanError.refused(let reason) {
                refusal = reason
            }
        }
        try await office.transaction(context) { [refusal] tx in
            if email.status == .queued {
                if let refusal {
                    try await Emails.markTried(email.id, error: refusal, isFinal: true, in: tx)
                } else {
                    try await Emails.markSent(email.id, in: tx)
                }
            }
            try await context.complete(in: tx)
        }
    }

    private func mail(_ email: Email, to recipient: EmailAddress) -> OutgoingMail {
        OutgoingMail(
            from: email.sender,
            to: recipient.rawValue,
            subject: email.subject,
            text: email.text,
            html: email.html,
            messageID: email.messageID.trimmingCharacters(in: ["<", ">"]),
            date: email.createdAt
        )
    }
}
