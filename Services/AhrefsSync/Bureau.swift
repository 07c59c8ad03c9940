import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// What the tasks of this service work with.
struct Bureau: Sendable {
    let store: Store
    let producer: JobProducer
    let ahrefs: AhrefsClient
    let secrets: SecretBox
}

/// A key as it is held for the length of a job.
struct OpenConnection: Sendable {
    let connection: AhrefsConnection
    let key: String
    /// The day it is where the account lives.
    let today: CalendarDay
}

/// Why nothing is asked of Ahrefs now, though the job is right: the job is done with this as its result, because trying
/// again would change nothing.
enum AhrefsStop: Error, Sendable, Hashable {
    /// The account has no key, or none that works.
    case notConnected
    /// The call would pass the month's budget, or what is left of the key.
    case overBudget(forecast: Int)
    /// Ahrefs says that there are no units, or that the subscription lacks this.
    case forbidden(String)
    /// Ahrefs does not take the key any longer.
    case keyRefused(String)

    var sentence: String {
        switch self {
        case .notConnected: "the account has no working Ahrefs key"
        case .overBudget(let forecast): "\(forecast) units would pass the month's budget"
        case .forbidden(let detail): detail
        case .keyRefused(let detail): detail
        }
    }
}

/// What a job that was stopped shows as its result.
struct StoppedResult: Codable, Sendable {
    var stopped: String
}

extension Bureau {
    /// One transaction of a job over all accounts.
    func transaction<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.transaction(as: .job(context), actor: "job:\(context.id)", body)
    }

    /// What a job reads before it decides.
    func read<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.read(as: .job(context), actor: "job:\(context.id)", body)
    }

    /// An account's key, opened.
    /// - Parameter isTest: a test asks also about a key that has not worked yet.
    func open(
        _ account: Account.ID,
        isTest: Bool = false,
        in tx: PostgresTransaction
    ) async throws -> OpenConnection? {
        guard
            let stored = try await AhrefsConnections.find(of: account, for: .system(reason: "ahrefs"), in: tx),
            isTest || stored.status == .active,
            let owner = try await Accounts.find(account, for: .system(reason: "ahrefs"), in: tx)
        else { return nil }
        return OpenConnection(
            connection: stored.value,
            key: try await AhrefsConnections.key(of: stored.value, openedBy: secrets, in: tx),
            today: CalendarDay(of: try await BusinessClock.now(in: tx), in: owner.timeZone)
        )
    }

    /// Runs a task's work; where Ahrefs is not to be asked, or not any longer, the job is done with the reason as its result.
    func unlessStopped(_ context: JobContext, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let stop as AhrefsStop {
            try await transaction(context) { tx in
                try await context.complete(result: StoppedResult(stopped: stop.sentence), in: tx)
            }
        }
    }

    /// Makes one call within the account's budget: reserve, call, settle with what the headers say.
    ///
    /// The reservation is committed before the call and settled after it, in transactions of their own: whatever becomes of
    /// the job, what was spent is written down.
    /// - Returns: nil where Ahrefs knows nothing about what was asked.
    /// - Throws: ``AhrefsStop``; ``JobError`` where another attempt cannot help, or is to wait; ``AhrefsError`` otherwise.
    func call<Value: Sendable>(
        _ endpoint: AhrefsEndpoint,
        about target: String,
        for site: Site.ID? = nil,
        forecast: Int,
        _ open: OpenConnection,
        _ context: JobContext,
        _ ask: (AhrefsClient, String) async throws(AhrefsError) -> AhrefsAnswer<Value>
    ) async throws -> Value? {
        let intent = AhrefsCalls.Intent(
            account: open.connection.accountID,
            site: site,
            job: context.id,
            task: context.task,
            endpoint: endpoint,
            target: target,
            forecast: endpoint.isFree ? 0 : forecast
        )
        guard let call = try await transaction(context, { tx in try await AhrefsCalls.reserve(intent, in: tx) }) else {
            throw AhrefsStop.overBudget(forecast: intent.forecast)
        }
        let answer: AhrefsAnswer<Value>
        do throws(AhrefsError) {
            answer = try await ask(ahrefs, open.key)
        } catch {
            try await settle(call, .init(error), context)
            return try await judge(error, open, context)
        }
        try await settle(call, .init(.done, answer.receipt), context)
        return answer.value
    }

    private func settle(_ call: Int64, _ outcome: AhrefsCalls.Outcome, _ context: JobContext) async throws {
        try await transaction(context) { tx in try await AhrefsCalls.settle(call, outcome, in: tx) }
    }

    /// What an answer that is none means for the job.
    private func judge<Value>(
        _ error: AhrefsError,
        _ open: OpenConnection,
        _ context: JobContext
    ) async throws -> Value? {
        switch error.kind {
        case .unknownTarget: return nil
        case .badRequest: throw JobError.permanent(error.description)
        case .tooManyRequests(let wait): throw JobError.snooze(for: wait ?? .seconds(10))
        case .keyRefused:
            try await note(error, open, context) { connection in
                connection.status = try connection.status.applying(.refuse)
            }
            throw AhrefsStop.keyRefused(error.description)
        case .forbidden:
            try await note(error, open, context) { connection in
                // The other reason for a 403 is a subscription that lacks the endpoint: units are left then.
                if error.detail.lowercased().contains("unit") { connection.creditsRemaining = 0 }
            }
            throw AhrefsStop.forbidden(error.description)
        case .unavailable, .unexpected, .unreadable, .noAnswer: throw error
        }
    }

    /// Writes down what a call has taught about the key, unless there is another one by now.
    private func note(
        _ error: AhrefsError,
        _ open: OpenConnection,
        _ context: JobContext,
        _ change: (inout AhrefsConnection) throws -> Void
    ) async throws {
        try await transaction(context) { tx in
            let account = open.connection.accountID
            guard
                var stored = try await AhrefsConnections.find(
                    of: account,
                    for: .job(context),
                    lock: .forUpdate,
                    in: tx
                ), stored.keyVersion == open.connection.keyVersion
            else { return }
            try change(&stored.value)
            stored.lastError = error.description
            try await AhrefsConnections.save(&stored, isTested: false, in: tx)
        }
    }
}

extension Tenant {
    /// A job whose rows may be anybody's: it finds out by their ids whose they are.
    static func job(_ context: JobContext) -> Tenant {
        .system(reason: "\(context.task) \(context.id)")
    }
}

extension AhrefsCalls.Outcome {
    init(_ status: Status, _ receipt: AhrefsReceipt, error: String? = nil) {
        self.init(
            status,
            httpStatus: receipt.httpStatus,
            units: receipt.units,
            rows: receipt.rows,
            cache: receipt.cache,
            milliseconds: receipt.milliseconds,
            error: error
        )
    }

    /// A call whose answer was lost, or came as something else, may have counted; one that Ahrefs refused did not, unless its
    /// headers say so.
    init(_ error: AhrefsError) {
        let isUnknown =
            switch error.kind {
            case .noAnswer(let mayHaveCounted): mayHaveCounted
            case .unreadable, .unexpected: error.receipt.units == nil
            case .badRequest, .keyRefused, .forbidden, .unknownTarget, .tooManyRequests, .unavailable: false
            }
        self.init(isUnknown ? .unknown : .failed, error.receipt, error: error.description)
    }
}
