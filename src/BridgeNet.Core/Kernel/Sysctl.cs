using System.Text;
using Microsoft.Win32.SafeHandles;

namespace BridgeNet.Kernel;

/// <summary>Kernel settings under <c>/proc/sys</c>.</summary>
internal sealed class Sysctl : ISysctl
{
    /// <summary>The settings of the running kernel.</summary>
    public static ISysctl Kernel { get; } = new Sysctl();

    /// <inheritdoc cref="ISysctl.Read"/>
    public static string? Read(string key)
    {
        string path = $"/proc/sys/{key}";
        if (!File.Exists(path))
            return null;
        try
        {
            // One read, without .NET's detection of an encoding.
            using SafeFileHandle file = File.OpenHandle(path);
            Span<byte> value = stackalloc byte[512];
            return Encoding.ASCII.GetString(value[..RandomAccess.Read(file, value, 0)]).Trim();
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Its link was renamed or removed in between.
            return null;
        }
    }

    /// <inheritdoc cref="ISysctl.Write"/>
    public static void Write(string key, string value) => File.WriteAllText($"/proc/sys/{key}", value);

    /// <inheritdoc cref="ISysctl.TryWrite"/>
    public static void TryWrite(string key, string value) => Kernel.TryWrite(key, value);

    string? ISysctl.Read(string key) => Read(key);

    void ISysctl.Write(string key, string value) => Write(key, value);
}
