import ArgumentParser
import Glibc

/// When the transaction of each arriving job was committed, written by the producer before the hint goes out: so that
/// the queue's own latency can be told from that of the producer's disk.
///
/// Layout: Int64 start, Double rate, then Int64 nanoseconds for each job in the order of arrival.
final class CommitTimes: Sendable {
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    private let start: Int64
    private let rate: Double
    private let count: Int

    /// For the producer: makes the file.
    init(writing path: String, start: Int64, rate: Double, count: Int) throws {
        memory = try Self.map(path, O_RDWR | O_CREAT | O_TRUNC, size: 16 + 8 * count)
        memory.storeBytes(of: start, as: Int64.self)
        memory.storeBytes(of: rate, toByteOffset: 8, as: Double.self)
        (self.start, self.rate, self.count) = (start, rate, count)
    }

    /// For a worker: the producer has made it before the first job.
    init(reading path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw ValidationError("There are no commit times at \(path).") }
        memory = try Self.map(path, O_RDWR, size: status.st_size)
        start = memory.load(as: Int64.self)
        rate = memory.load(fromByteOffset: 8, as: Double.self)
        count = (status.st_size - 16) / 8
    }

    /// When job `number` is due.
    func due(_ number: Int) -> Int64 { start + Int64(Double(number) * 1e9 / rate) }

    func committed(_ numbers: Range<Int>) {
        let now = Moment.now
        for number in numbers { memory.storeBytes(of: now, toByteOffset: 16 + 8 * number, as: Int64.self) }
    }

    /// When the job that was due at `due` was committed.
    func commit(ofJobDueAt due: Int64) -> Int64? {
        let number = Int((Double(due - start) * rate / 1e9).rounded())
        guard number >= 0, number < count else { return nil }
        let time = memory.load(fromByteOffset: 16 + 8 * number, as: Int64.self)
        return time == 0 ? nil : time
    }

    private static func map(_ path: String, _ flags: Int32, size: Int) throws -> UnsafeMutableRawPointer {
        let file = open(path, flags, 0o600)
        guard file >= 0, flags & O_CREAT == 0 || ftruncate(file, size) == 0,
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED
        else { throw ValidationError("\(path) cannot be mapped.") }
        close(file)
        return memory
    }
}
