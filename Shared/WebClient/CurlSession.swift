import CCurl
import CCurlShim
import EventLoop
import Glibc

/// libcurl's multi interface on an event loop: any number of transfers at once, connections kept and shared.
actor CurlSession {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Made when first used, on the loop's thread.
    private var multi: UnsafeMutableRawPointer?
    private var timer: Int?
    /// The transfers in flight, by number and by the address of their handle.
    private var transfers: [Int: CurlTransfer] = [:]
    private var numbers: [UInt: Int] = [:]
    private var lastNumber = 0

    /// `curl_global_init` is not thread-safe: a global constant runs it once. OpenSSL writes with `write(2)`, so a closed
    /// peer would end the process by SIGPIPE.
    private static let global: Void = {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        signal(SIGPIPE, SIG_IGN)
    }()

    init(loop: EventLoop) {
        _ = Self.global
        self.loop = loop
    }

    isolated deinit {
        guard let multi else { return }
        // Every transfer keeps its caller and so this actor: there are none left, only idle connections.
        curlshim_multi_set_callbacks(multi, nil, nil, nil)
        if let timer { loop.cancelTimer(timer) }
        curl_multi_cleanup(multi)
    }

    /// Runs one transfer. Cancelling the task removes its handle at once.
    func perform(_ work: some CurlWork) async -> CurlReply {
        lastNumber += 1
        let number = lastNumber
        return await withTaskCancellationHandler {
            await withCheckedContinuation { start(number, work, $0) }
        } onCancel: {
            Task { await self.cancel(number) }
        }
    }

    private func start(_ number: Int, _ work: some CurlWork, _ continuation: CheckedContinuation<CurlReply, Never>) {
        var failed = CurlReply()
        failed.code = CURLE_FAILED_INIT
        // A cancellation from here on finds the transfer in `transfers`; one before is seen here.
        failed.isCancelled = Task.isCancelled
        guard !failed.isCancelled, let multi = multiHandle(), let transfer = CurlTransfer() else {
            return continuation.resume(returning: failed)
        }
        transfer.setCallbacks()
        work.configure(transfer)
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            return continuation.resume(returning: failed)
        }
        transfer.continuation = continuation
        transfers[number] = transfer
        numbers[UInt(bitPattern: transfer.easy)] = number
    }

    private func cancel(_ number: Int) {
        transfers[number]?.reply.isCancelled = true
        finish(number, code: CURLE_ABORTED_BY_CALLBACK)
    }

    /// Takes a transfer out and answers its caller; does nothing when it is already out, as a late cancellation is.
    private func finish(_ number: Int, code: CURLcode) {
        guard let transfer = transfers.removeValue(forKey: number) else { return }
        numbers[UInt(bitPattern: transfer.easy)] = nil
        let reply = transfer.conclude(code)
        curl_multi_remove_handle(multi, transfer.easy)
        transfer.continuation?.resume(returning: reply)
    }

    private func multiHandle() -> UnsafeMutableRawPointer? {
        if let multi { return multi }
        guard let multi = curl_multi_init() else { return nil }
        curlshim_multi_set_callbacks(
            multi,
            { _, descriptor, what, context, _ in
                CurlSession.from(context).watch(descriptor, what: what)
                return 0
            },
            { _, milliseconds, context in
                CurlSession.from(context).setTimer(milliseconds: milliseconds)
                return 0
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        self.multi = multi
        return multi
    }

    // MARK: Called by libcurl, on the loop's thread

    private static nonisolated func from(_ context: UnsafeMutableRawPointer?) -> CurlSession {
        Unmanaged<CurlSession>.fromOpaque(context!).takeUnretainedValue()
    }

    private nonisolated func watch(_ descriptor: curl_socket_t, what: Int32) {
        assumeIsolated { isolated in
            var interest: EventLoop.Interest = []
            if what & CURL_POLL_IN != 0 { interest.insert(.read) }
            if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
            // CURL_POLL_REMOVE is 4, CURL_POLL_INOUT is 3.
            guard what != CURL_POLL_REMOVE, !interest.isEmpty else { return isolated.loop.unwatch(descriptor) }
            isolated.loop.watch(descriptor, for: interest) { [weak isolated] ready in
                isolated?.assumeIsolated { $0.act(on: descriptor, ready) }
            }
        }
    }

    /// libcurl forbids calling it back from here, so even a timeout of 0 goes through the loop.
    private nonisolated func setTimer(milliseconds: Int) {
        assumeIsolated { isolated in
            if let timer = isolated.timer { isolated.loop.cancelTimer(timer) }
            isolated.timer =
                milliseconds < 0
                ? nil
                : isolated.loop.schedule(after: .milliseconds(milliseconds)) { [weak isolated] in
                    isolated?.assumeIsolated {
                        $0.timer = nil
                        $0.act(on: CURL_SOCKET_TIMEOUT, [])
                    }
                }
        }
    }

    private func act(on descriptor: curl_socket_t, _ ready: EventLoop.Interest) {
        var mask: Int32 = 0
        if ready.contains(.read) { mask |= CURL_CSELECT_IN }
        if ready.contains(.write) { mask |= CURL_CSELECT_OUT }
        var running: Int32 = 0
        curl_multi_socket_action(multi, descriptor, mask, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            let (kind, handle) = (message.pointee.msg, UInt(bitPattern: message.pointee.easy_handle))
            guard kind == CURLMSG_DONE, let number = numbers[handle] else { continue }
            finish(number, code: message.pointee.data.result)
        }
    }
}
