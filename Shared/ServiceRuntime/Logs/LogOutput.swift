import Glibc
import NIOConcurrencyHelpers

/// Where finished lines go: each in one write under one lock, so that lines of two threads never mix.
public final class LogOutput: Sendable {
    private let lock = NIOLock()
    private let sink: @Sendable ([UInt8]) -> Void

    /// The process's standard output, unbuffered: what a crash leaves behind is complete.
    public static let standard = LogOutput { line in
        line.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(STDOUT_FILENO, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                sent += count
            }
        }
    }

    /// Another destination, for tests.
    public init(_ sink: @escaping @Sendable ([UInt8]) -> Void) {
        self.sink = sink
    }

    /// Writes one line, with its newline.
    func write(line: [UInt8]) {
        lock.withLock { sink(line) }
    }
}
