import DomainModel
import FileStore
import JobQueue
import Persistence
import Postgres
import ReportDesign
import WebClient

/// What the tasks of this service work with.
struct Press: Sendable {
    /// Gathers a report's facts, under its account's row security.
    typealias Gather =
        @Sendable (_ site: Site.ID, _ period: ReportPeriod, _ sections: [ReportSection], _ tx: PostgresTransaction)
        async throws -> ReportData

    let store: Store
    let producer: JobProducer
    let files: any FileStore
    let renderers: RendererPool
    let house: House
    let web: WebClient
    /// Whether what customers name is looked for on the public internet only.
    let guardAddresses: Bool
    let gather: Gather
    /// Who writes the first page; nil: it is made of the facts.
    let writer: (any SummaryWriter)?
    let letters: ReportLetterForm
    let losses = RendererLosses()
}

extension Tenant {
    /// A job whose rows may be anybody's: it finds out by their ids whose they are.
    static func job(_ context: JobContext) -> Tenant {
        .system(reason: "\(context.task) \(context.id)")
    }
}

extension Press {
    /// One transaction of a job, for one account or over all.
    func transaction<Value: Sendable>(
        _ context: JobContext,
        for account: Account.ID? = nil,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let tenant = account.map(Tenant.account) ?? .job(context)
        return try await store.transaction(as: tenant, actor: "job:\(context.id)", body)
    }

    /// What a job reads before it decides.
    func read<Value: Sendable>(
        _ context: JobContext,
        for account: Account.ID? = nil,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let tenant = account.map(Tenant.account) ?? .job(context)
        return try await store.read(as: tenant, actor: "job:\(context.id)", body)
    }

    /// A report that a job names.
    func report(_ id: Int64, _ context: JobContext) async throws -> ServiceReports.Report {
        let found = try await read(context) { tx in try await ServiceReports.find(id, for: .job(context), in: tx) }
        guard let found else { throw JobError.permanent("there is no report \(id)") }
        return found
    }

    /// An event about a report.
    func event(
        _ action: AuditAction,
        _ report: ServiceReports.Report,
        to status: ReportStatus,
        because reason: String,
        _ context: JobContext
    ) -> AuditEvent {
        AuditEvent(
            action,
            account: report.accountID,
            subjectKind: ReportStatus.subject,
            subjectID: report.id,
            from: report.status.rawValue,
            to: status.rawValue,
            reason: reason,
            jobID: context.id,
            subscription: report.subscriptionID
        )
    }
}
