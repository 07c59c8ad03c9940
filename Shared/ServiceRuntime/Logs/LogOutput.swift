import Glibc
import NIOConcurrencyHelpers

/// Where finished lines go: each in one write under one lock, so that lines of two threads never mix.
public final class LogOutput: Sendable {
    private let lock = NIOLock()
    private let sink: @Sendable ([UInt8]) -> Void

    /// The process's standard output, unbuffered: what a crash leaves behind is complete.
    public static let standard = LogOutput { write($0, to: STDOUT_FILENO) }

    /// For commands whose standard output is their result.
    public static let standardError = LogOutput { write($0, to: STDERR_FILENO) }

    /// Another destination, for tests.
    public init(_ sink: @escaping @Sendable ([UInt8]) -> Void) {
        self.sink = sink
    }

    /// Writes one line, with its newline.
    func write(line: [UInt8]) {
        lock.withLock { sink(line) }
    }

    /// Writes text as it is: what a command or a dying process has to say beside the log.
    public func write(_ text: String) {
        write(line: Array(text.utf8))
    }

    private static func write(_ line: [UInt8], to descriptor: Int32) {
        line.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                sent += count
            }
        }
    }
}
