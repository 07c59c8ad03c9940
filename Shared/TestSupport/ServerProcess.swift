import Foundation

/// A process as `/proc` shows it.
struct ServerProcess: Sendable {
    let pid: pid_t
    let parent: pid_t
    let state: String
    let title: String

    static func all() -> [ServerProcess] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { name in
            pid_t(name).flatMap(ServerProcess.init)
        }
    }

    init?(_ pid: pid_t) {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let words = stat[stat.index(after: end)...].split(separator: " ")
        guard words.count > 1, let parent = pid_t(words[1]) else { return nil }
        self.pid = pid
        self.parent = parent
        state = String(words[0])
        title = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
    }

    /// Whether it may still do something: it is there, and no corpse.
    var isAlive: Bool { ServerProcess(pid).map { $0.state != "Z" } ?? false }
}
