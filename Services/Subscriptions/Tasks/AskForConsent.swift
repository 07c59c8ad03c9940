import DomainModel
import JobQueue
import Persistence

/// Asks a client to let us read their Search Console again, once for each consent that has ended.
struct AskForConsent: JobTask {
    static let name = "ask_for_consent"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Consent, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            let found = try await SearchConsoleConnections.find(payload.connectionID, for: .job(context), in: tx)
            if let found, found.tokenVersion == payload.tokenVersion, found.status == .consentNeeded {
                let account = try await office.account(found.accountID, in: tx)
                let contact = try await office.contact(of: account, in: tx)
                try await office.send(
                    .searchConsoleConsent(contact: contact.name, property: found.property, house: office.house),
                    to: contact.email,
                    key: "search_console_consent:\(found.id):\(found.tokenVersion)",
                    account: account.id,
                    in: tx
                )
            }
            try await context.complete(in: tx)
        }
    }
}
