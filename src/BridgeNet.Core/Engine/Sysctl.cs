namespace BridgeNet.Engine;

/// <summary>Kernel settings under <c>/proc/sys</c>; those of <c>net</c> are the calling thread's namespace's.</summary>
internal static class Sysctl
{
    /// <summary>The value, or null where the kernel does not have the key (IPv6 switched off, a module not there).</summary>
    public static string? Read(string key)
    {
        string path = $"/proc/sys/{key}";
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }

    public static void Write(string key, string value) => File.WriteAllText($"/proc/sys/{key}", value);

    /// <summary>Writes a key that may not exist here.</summary>
    public static void TryWrite(string key, string value)
    {
        if (Read(key) is { } now && now != value)
            Write(key, value);
    }
}
