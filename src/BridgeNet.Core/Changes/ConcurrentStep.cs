using System.Runtime.ExceptionServices;

namespace BridgeNet.Changes;

/// <summary>Two pieces of work at the same time: when the kernel only waits in both, two waits take as long as the longer one.</summary>
internal static class ConcurrentStep
{
    /// <summary>
    /// Runs both, and waits for their ends. The first runs on a dedicated thread, which is created in the namespace of the caller. Neither
    /// may use anything that the other one uses.
    /// </summary>
    /// <exception cref="Exception">An exception of the second work, or else of the first.</exception>
    public static void Run(Action first, Action second)
    {
        ExceptionDispatchInfo? failure = null;
#pragma warning disable RS0030 // a system call that waits for the kernel, on a socket that is open
        Thread thread = new(() =>
#pragma warning restore RS0030
        {
            try
            {
                first();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        })
        {
            Name = "BridgeNet concurrent",
            IsBackground = true,
        };
        thread.UnsafeStart();
        try
        {
            second();
        }
        finally
        {
            thread.Join();
        }
        failure?.Throw();
    }
}
