import Foundation
import Glibc
import TestSupport

/// The wall clock of a process that a test starts: moved while it runs, by `Tests/Chaos/Clock/shifted_clock.c`.
final class ShiftedClock: Sendable {
    private let library: String
    private let file: String

    init() throws {
        let base = FileManager.default.temporaryDirectory.path + "/igny8-clock-\(UInt32.random(in: 0 ... .max))"
        library = base + ".so"
        file = base
        let tests = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        let compiler = try TestProcess(
            ["cc", "-shared", "-fPIC", "-O", "-o", library, tests + "/Chaos/Clock/shifted_clock.c"]
        )
        guard compiler.succeeds() else { throw TestSetupError("cc cannot compile shifted_clock.c") }
        try Data(repeating: 0, count: MemoryLayout<Int64>.size).write(to: URL(fileURLWithPath: file))
    }

    /// What the process is to be started with.
    var environment: [String: String] { ["LD_PRELOAD": library, "SHIFTED_CLOCK": file] }

    /// The wall clock goes so much ahead of the true one, or behind it.
    func shift(bySeconds seconds: Int) {
        // In place: the process has mapped this very file.
        let descriptor = open(file, O_WRONLY)
        defer { close(descriptor) }
        _ = withUnsafeBytes(of: Int64(seconds)) { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    func remove() {
        for path in [library, file] { try? FileManager.default.removeItem(atPath: path) }
    }
}
