import Foundation
import Logging
import Postgres

/// W3 and W4: runs the handler of each claimed job as a Swift task, and turns what becomes of it into an outcome.
struct Runner: Sendable {
    let worker: WorkerIdentity
    let tasks: [String: AnyTask]
    let metrics: [String: TaskMetrics]
    let attempts: Attempts
    let acker: Acker
    let database: QueueDatabase
    let failpoints: Failpoints
    let logger: Logger

    func start(_ jobs: [ClaimedJob]) {
        let claimed = jobs.map { Attempt($0, timeout: tasks[$0.task]?.timeout ?? .seconds(60)) }
        attempts.begin(claimed)
        for attempt in claimed {
            metrics[attempt.job.task]?.waited(attempt.job.waited)
            attempt.attach(
                Task {
                    await TraceCarrier.resume(attempt.job.traceparent) { await run(attempt) }
                }
            )
        }
    }

    private func run(_ attempt: Attempt) async {
        let job = attempt.job
        let context = JobContext(attempt, worker: worker, database: database, logger: logger)
        var failure: (any Error)?
        do {
            guard let task = tasks[job.task] else { throw JobError.unknownTask(job.task) }
            try await task.run(job.payload, context)
            try await failpoints.reach(.handledBeforeOutcome)
        } catch {
            failure = error
        }
        attempt.handled()
        if attempt.isCompletedInTransaction {
            if let failure {
                context.logger.error("a completed job failed afterwards", metadata: ["error": "\(failure)"])
            }
            metrics[job.task]?.ended(.completed, after: attempt.startedAt.duration(to: .now))
            attempts.end(attempt)
            return
        }
        guard let outcome = outcome(of: attempt, failure, context) else {
            metrics[job.task]?.wasStale()
            attempts.end(attempt)
            return
        }
        acker.add(outcome, of: attempt)
    }

    /// What to write; nil when the job is not ours any more.
    private func outcome(of attempt: Attempt, _ failure: (any Error)?, _ context: JobContext) -> Outcome? {
        let job = attempt.job
        if attempt.cancellation == .lost { return nil }
        guard let failure else { return Outcome(job: job.id, nonce: job.nonce, verdict: .completed) }
        if failure as? JobError == .staleClaim { return nil }
        switch attempt.cancellation {
        case .requested: return Outcome(job: job.id, nonce: job.nonce, verdict: .cancelled)
        case .givenBack: return Outcome(job: job.id, nonce: job.nonce, verdict: .released)
        case .deadline:
            let timeout = attempt.startedAt.duration(to: attempt.deadline)
            return failed(job, JobError.deadlineExceeded(timeout), context.logger)
        case .lost, nil: return failed(job, failure, context.logger)
        }
    }

    private func failed(_ job: ClaimedJob, _ failure: any Error, _ logger: Logger) -> Outcome {
        // jsonb holds no NUL.
        let description = String(String(describing: failure).filter { $0 != "\0" }.prefix(4096))
        switch failure as? JobError {
        case .snooze(let delay):
            return Outcome(job: job.id, nonce: job.nonce, verdict: .snoozed, delay: delay)
        case .permanent:
            logger.error("dead job", metadata: ["error": "\(description)"])
            return Outcome(job: job.id, nonce: job.nonce, verdict: .dead, error: description)
        default:
            guard job.attempt < job.maxAttempts else {
                logger.error("dead job, no attempt left", metadata: ["error": "\(description)"])
                return Outcome(job: job.id, nonce: job.nonce, verdict: .dead, error: description)
            }
            var generator = SystemRandomNumberGenerator()
            let policy = tasks[job.task]?.retry ?? .standard
            let delay = policy.delay(afterAttempt: job.attempt, using: &generator)
            logger.warning("job failed", metadata: ["error": "\(description)", "retry_after": "\(delay)"])
            return Outcome(job: job.id, nonce: job.nonce, verdict: .retried, delay: delay, error: description)
        }
    }
}
