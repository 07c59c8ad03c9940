import ArgumentParser
import Foundation
import Testing

@testable import Operator

@Suite("Commands about queues and jobs") struct QueueCommandTests {
    @Test(
        "what would change more than was meant is refused with a sentence",
        arguments: [
            (["job", "retry"], "--all"),
            (["job", "retry", "7", "--queue", "core"], "not both"),
            (["job", "retry", "--all", "--limit", "0"], "expected 1 to 100000"),
            (["queue", "limit", "core", "ahrefs"], "--clear"),
            (["queue", "limit", "core", "ahrefs", "--clear", "--starts", "3"], "takes no figures"),
            (["queue", "limit", "core", "Ahrefs:7", "--starts", "3"], "is no limit"),
            (["queue", "limit", "core", "ahrefs", "--starts", "0"], "more than 0"),
        ]
    )
    func refused(arguments: [String], reason: String) {
        do {
            _ = try Igny8.parseAsRoot(arguments)
            Issue.record("\(arguments) was taken")
        } catch {
            #expect(Igny8.message(for: error).contains(reason))
        }
    }

    @Test("every command explains itself with an example")
    func help() {
        let commands: [(any ParsableCommand.Type, String)] = [
            (QueueCommands.Status.self, "queue status"), (QueueCommands.Pause.self, "queue pause"),
            (QueueCommands.Resume.self, "queue resume"), (QueueCommands.Limits.self, "queue limits"),
            (QueueCommands.Limit.self, "queue limit"), (JobCommands.List.self, "job list"),
            (JobCommands.Show.self, "job show"), (JobCommands.Run.self, "job run"),
            (JobCommands.Retry.self, "job retry"), (JobCommands.Cancel.self, "job cancel"),
        ]
        for (command, words) in commands {
            let help = Igny8.helpMessage(for: command)
            #expect(help.contains("USAGE: igny8 \(words)"))
            #expect(help.contains("Example"), "\(words)")
            #expect(help.components(separatedBy: "igny8 \(words)").count > 2, "\(words) has no example of itself")
        }
    }
}
