using System.Text;

namespace BridgeNet.Pester.Tests;

/// <summary>A file that another process appends lines to, read while it grows.</summary>
internal sealed class ResultFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly List<byte> _line = [];

    public ResultFile()
    {
        Path = System.IO.Path.GetTempFileName();
        _stream = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    public string Path { get; }

    /// <summary>Reports every line that is complete; half of one waits for its end.</summary>
    public async Task ReadAsync(Func<PesterResult, Task> report)
    {
        byte[] buffer = new byte[16384];
        while (await _stream.ReadAsync(buffer) is > 0 and int count)
        {
            for (int i = 0; i < count; i++)
            {
                if (buffer[i] != '\n')
                {
                    _line.Add(buffer[i]);
                    continue;
                }
                string text = Encoding.UTF8.GetString([.. _line]);
                _line.Clear();
                await report(PesterResult.Parse(text));
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(Path);
    }
}
