using System.Runtime.InteropServices;

namespace BridgeNet.Native;

/// <summary>A system call failed.</summary>
internal sealed class NativeException(string call, int errno) : Exception($"{call}: {Describe(errno)}")
{
    public int Errno { get; } = errno;

    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
