using System.Text;
using Microsoft.Win32.SafeHandles;

namespace BridgeNet.Kernel;

/// <summary>Kernel settings under <c>/proc/sys</c>; those of <c>net</c> are the calling thread's namespace's.</summary>
internal static class Sysctl
{
    /// <summary>The value, or null where the kernel does not have the key (IPv6 switched off, a module not there).</summary>
    public static string? Read(string key)
    {
        string path = $"/proc/sys/{key}";
        if (!File.Exists(path))
            return null;
        try
        {
            // In one read, without what .NET does to find out an encoding.
            using SafeFileHandle file = File.OpenHandle(path);
            Span<byte> value = stackalloc byte[512];
            return Encoding.ASCII.GetString(value[..RandomAccess.Read(file, value, 0)]).Trim();
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Its link was renamed or removed just now.
            return null;
        }
    }

    public static void Write(string key, string value) => File.WriteAllText($"/proc/sys/{key}", value);

    /// <summary>Writes a key that may not exist here.</summary>
    public static void TryWrite(string key, string value)
    {
        if (Read(key) is { } now && now != value)
            Write(key, value);
    }
}
