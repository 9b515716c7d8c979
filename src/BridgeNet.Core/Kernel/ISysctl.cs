namespace BridgeNet.Kernel;

/// <summary>
/// Kernel settings, by their path below <c>/proc/sys</c>. Settings below <c>net</c> are those of the calling thread's network namespace.
/// </summary>
internal interface ISysctl
{
    /// <summary>The value; null if the kernel does not have the key (IPv6 disabled, a module not loaded).</summary>
    string? Read(string key);

    /// <summary>Writes a value.</summary>
    /// <exception cref="IOException">The kernel rejects the value, or does not have the key.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller has no permission.</exception>
    void Write(string key, string value);

    /// <summary>Writes a value, unless the key does not exist or already has it.</summary>
    void TryWrite(string key, string value)
    {
        if (Read(key) is { } now && now != value)
            Write(key, value);
    }
}
