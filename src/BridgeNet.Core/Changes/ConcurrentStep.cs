using System.Runtime.ExceptionServices;

namespace BridgeNet.Changes;

/// <summary>Work that goes on while later steps are done: where the kernel only waits, two waits last as long as the longer.</summary>
/// <remarks>It must stay clear of what the steps beside it use.</remarks>
internal sealed class ConcurrentStep(Action work)
{
    private Thread? _thread;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins, on a thread made for it, which is born in the namespace of the caller.</summary>
    public void Begin()
    {
#pragma warning disable RS0030 // a system call that waits for the kernel, on a socket that is open
        _thread = new Thread(() =>
#pragma warning restore RS0030
        {
            try
            {
                work();
            }
            catch (Exception failure)
            {
                _failure = ExceptionDispatchInfo.Capture(failure);
            }
        })
        {
            Name = "BridgeNet meanwhile",
            IsBackground = true,
        };
        _thread.UnsafeStart();
    }

    /// <summary>Waits until it ended, if it was begun.</summary>
    public void Wait() => _thread?.Join();

    /// <summary>Waits, and throws what it threw.</summary>
    public void End()
    {
        Wait();
        _failure?.Throw();
    }
}
