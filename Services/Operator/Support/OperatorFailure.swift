/// What the operator is told when something cannot be done: one sentence, and the exit code.
struct OperatorFailure: Error, Equatable, CustomStringConvertible {
    let description: String
    /// 1: it was tried and it failed, or a check found something wrong.
    let exitCode: Int32

    init(_ sentence: String, exitCode: Int32 = 1) {
        description = sentence
        self.exitCode = exitCode
    }
}
