namespace BridgeNet.Native;

/// <summary>The messages of the calling thread to the kernel, for <c>-Debug</c>; no cost without a listener.</summary>
public static class KernelTrace
{
    [ThreadStatic]
    private static Action<string>? s_listener;

    /// <summary>Listens to this thread until the result is disposed; null listens to nothing.</summary>
    public static IDisposable? Listen(Action<string>? listener)
    {
        if (listener is null)
            return null;
        s_listener = listener;
        return new Listening();
    }

    /// <summary>Reports bytes that are sent.</summary>
    public static void Sent(string operation, ReadOnlySpan<byte> bytes) =>
        s_listener?.Invoke($"{operation}: {Convert.ToHexStringLower(bytes)}");

    /// <summary>Reports text that is passed to a program.</summary>
    public static void Sent(string program, string text)
    {
        if (text.Length > 0)
            s_listener?.Invoke($"{program}:\n{text}");
    }

    private sealed class Listening : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => s_listener = null;
    }
}
