import Foundation
import TestSupport

/// What a compression bomb is made with.
enum Gzip {
    /// `count` zeros, packed about a thousand to one.
    static func zeros(count: Int) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "head -c \(count) /dev/zero | gzip -9"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let data else { throw TestSetupError("gzip does not run") }
        return Array(data)
    }
}
