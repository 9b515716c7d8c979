namespace BridgeNet.Pester.Tests;

/// <summary>The last of what a process prints, on both of its streams.</summary>
internal sealed class LastLines
{
    private const int Most = 40;

    private readonly Queue<string> _lines = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _openStreams = 2;

    /// <summary>Done when both streams have ended.</summary>
    public Task Complete => _complete.Task;

    /// <summary>Adds a line; none is the end of a stream.</summary>
    public void Add(string? line)
    {
        lock (_lines)
        {
            if (line is null)
            {
                if (--_openStreams == 0)
                    _complete.SetResult();
                return;
            }
            _lines.Enqueue(line);
            if (_lines.Count > Most)
                _lines.Dequeue();
        }
    }

    public override string ToString()
    {
        lock (_lines)
            return string.Join('\n', _lines);
    }
}
