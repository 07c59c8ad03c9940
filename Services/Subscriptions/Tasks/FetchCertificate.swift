import JobQueue
import Persistence
import Postgres
import WebClient

/// Fetches a certificate that PayPal signs its webhooks with, for the API, which calls nobody. The API has refused every
/// address that is not PayPal's before it asked.
struct FetchCertificate: JobTask {
    static let name = "fetch_certificate"

    let office: Office

    /// PayPal sends its webhook again, which asks again.
    var retry: RetryPolicy { RetryPolicy(maxAttempts: 3) }

    func run(_ payload: SubscriptionsJobs.Certificate, _ context: JobContext) async throws {
        let certificate = try await office.certificates.fetch(payload.url)
        try await office.transaction(context) { tx in
            try await context.complete(result: ["found": certificate != nil], in: tx)
            guard let certificate else { return }
            try await GatewayCertificates.keep(certificate, of: payload.url, in: tx)
        }
    }
}
