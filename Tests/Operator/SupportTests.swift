import Testing

@testable import Operator

@Suite("What the operator sees") struct SupportTests {
    @Test("a table is as wide as its widest cells and has no space at the end of lines")
    func table() {
        var table = Table(["task", "waiting"], rightAligned: [1])
        table.add(["send_email", "7"])
        table.add(["x", "12345678"])
        #expect(table.text == "task         waiting\nsend_email         7\nx           12345678")
    }

    @Test("outside of a terminal, progress is a line at each tenth")
    func lines() {
        var written = ""
        let bar = ProgressBar(isTerminal: false) { written += $0 }
        for step in 0...100 { bar.show(Double(step) / 100, "day \(step)") }
        bar.finish()
        #expect(written.split(separator: "\n").count == 11)
        #expect(written.hasPrefix("    0 %  day 0\n   10 %  day 10\n"))
        #expect(written.hasSuffix("  100 %  day 100\n"))
    }

    @Test("on a terminal, it is one line that is written over")
    func terminal() {
        var written = ""
        let bar = ProgressBar(isTerminal: true) { written += $0 }
        bar.show(0.5, "half")
        bar.show(0.5, "half")
        bar.finish()
        #expect(
            written == "\r  " + String(repeating: "█", count: 15) + String(repeating: "·", count: 15)
                + "  50 %  half\u{1B}[K\n"
        )
    }

    @Test("a fraction out of range is bounded")
    func bounds() {
        var written = ""
        ProgressBar(isTerminal: false) { written += $0 }.show(7, "x")
        #expect(written == "  100 %  x\n")
    }
}
