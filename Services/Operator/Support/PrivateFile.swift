import Foundation
import Glibc

/// A file that only its owner may read.
enum PrivateFile {
    /// Written beside its place first, so that a reader never sees half of it.
    static func write(_ text: String, to path: String) throws {
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw OperatorFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
        guard rename(draft, path) == 0 else {
            throw OperatorFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }
}
