extension Fault {
    /// Twenty seconds: longer than a patient client waits, shorter than a supervisor does.
    private static let longSilence: Int64 = 20_000
    private static let shortDelay: Int64 = 1_000

    /// Lets the time of a latency or of a silence pass.
    func hold() async throws {
        let pause = milliseconds ?? (kind == .latency ? Self.shortDelay : Self.longSilence)
        try await Task.sleep(for: .milliseconds(pause))
    }
}
