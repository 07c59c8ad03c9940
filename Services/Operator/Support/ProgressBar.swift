import Glibc
import ServiceRuntime

/// How far a long command is: a bar on a terminal, a line at each tenth elsewhere (logs, CI).
final class ProgressBar {
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var lastTenth = -1
    private var lastText = ""

    init(
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        write: @escaping (String) -> Void = { LogOutput.standardError.write($0) }
    ) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// - Parameter fraction: 0 to 1.
    func show(_ fraction: Double, _ note: String) {
        let bounded = min(max(fraction, 0), 1)
        if isTerminal {
            let filled = Int(bounded * 30)
            let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 30 - filled)
            let text = "\r  \(bar) \(percent(bounded))  \(note)"
            guard text != lastText else { return }
            lastText = text
            write(text + "\u{1B}[K")
        } else {
            let tenth = Int(bounded * 10)
            guard tenth > lastTenth else { return }
            lastTenth = tenth
            write("  \(percent(bounded))  \(note)\n")
        }
    }

    /// Ends the line.
    func finish() {
        if isTerminal { write("\n") }
    }

    private func percent(_ fraction: Double) -> String {
        let number = "\(Int(fraction * 100))"
        return String(repeating: " ", count: 3 - number.count) + number + " %"
    }
}
