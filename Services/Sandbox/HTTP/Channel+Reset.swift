import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

extension Channel {
    /// Closes without goodbye: the peer gets a reset (SO_LINGER of zero), as of a server that fell over.
    func resetConnection() async {
        if let socket = self as? any SocketOptionProvider {
            try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await close(mode: .all).get()
    }
}
