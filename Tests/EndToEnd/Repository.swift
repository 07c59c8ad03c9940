import Foundation

/// Where the repository is, for tests that start stacks of their own.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Brings up a stack of its own in a folder of its own, with the binaries of the stack that is up already.
    static func freshStack(
        named name: String,
        settings: [String: String] = [:]
    ) async throws -> Stack {
        let local = "\(root)/.local/\(name)"
        var environment = settings
        environment["IGNY8_LOCAL"] = local
        let up = try await Stack.run("\(root)/deploy/up", ["--fresh"], environment: environment)
        guard up.succeeded else { throw Stack.Missing(description: "deploy/up --fresh failed:\n\(up.output)") }
        return try Stack(at: "\(local)/stack.json")
    }

    /// Stops a stack that ``freshStack(named:settings:)`` brought up.
    static func takeDown(_ name: String) async throws {
        _ = try await Stack.run("\(root)/deploy/down", [], environment: ["IGNY8_LOCAL": "\(root)/.local/\(name)"])
    }
}
