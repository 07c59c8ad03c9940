import Foundation
import Glibc

/// What the kernel says about this process, under the names that every Prometheus client library uses.
enum ProcessFigures {
    struct Figure {
        let name: String
        let kind: PrometheusRegistry.Kind
        let help: String
        let value: Double
    }

    static func read() -> [Figure] {
        var figures: [Figure] = []
        if let pages = memoryPages() {
            figures.append(
                Figure(
                    name: "process_resident_memory_bytes",
                    kind: .gauge,
                    help: "Resident memory size in bytes.",
                    value: Double(pages) * Double(sysconf(Int32(_SC_PAGESIZE)))
                )
            )
        }
        var spent = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) == 0 {
            figures.append(
                Figure(
                    name: "process_cpu_seconds_total",
                    kind: .counter,
                    help: "User and system CPU time in seconds.",
                    value: Double(spent.tv_sec) + Double(spent.tv_nsec) / 1_000_000_000
                )
            )
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            figures.append(
                Figure(
                    name: "process_open_fds",
                    kind: .gauge,
                    help: "Open file descriptors.",
                    value: Double(open.count)
                )
            )
        }
        return figures
    }

    /// The second field of `/proc/self/statm`.
    private static func memoryPages() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii) else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) : nil
    }
}
