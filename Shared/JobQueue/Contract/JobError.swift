/// What a task throws to decide its job's fate, and what the queue throws at a task.
public enum JobError: Error, Hashable, Sendable {
    /// Trying again cannot help: the job is dead at once, with this sentence.
    case permanent(String)
    /// Not now: again after this while (machine time). It costs no attempt.
    case snooze(for: Duration)
    /// The job is not this worker's any more (its lease ended meanwhile). Nothing may be written for it.
    case staleClaim
    /// The attempt took longer than ``JobTask/timeout``.
    case deadlineExceeded(Duration)
    /// No task of this name is known to the worker that claimed the job.
    case unknownTask(String)
    /// The stored payload is not what the task expects.
    case unreadablePayload(String)
}

extension JobError: CustomStringConvertible {
    /// A sentence for the error chain of a dead letter.
    public var description: String {
        switch self {
        case .permanent(let reason): reason
        case .snooze(let delay): "snoozed for \(delay)"
        case .staleClaim: "the job has been given to another worker"
        case .deadlineExceeded(let timeout): "not finished after \(timeout)"
        case .unknownTask(let name): "no task named \(name) here"
        case .unreadablePayload(let reason): "unreadable payload: \(reason)"
        }
    }
}
