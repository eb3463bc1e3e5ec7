/**
 * The path that routes are matched by: runs of slashes collapsed, a trailing one dropped. Vendors'
 * own samples have both, and a client would not follow a redirect on POST.
 */
export function routingPath(request: Request): string {
  const { url } = request;
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const end = url.slice(start).search(/[?#]/);
  const path = end === -1 ? url.slice(start) : url.slice(start, start + end);
  const collapsed = path.replaceAll(/\/{2,}/g, "/");
  const trimmed = collapsed.length > 1 ? collapsed.replace(/\/$/, "") : collapsed;
  return decodePath(trimmed);
}

function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    // A parameter is decoded once more when it is read: an encoded percent sign must survive here.
    return decodeURI(path.replaceAll("%25", "%2525"));
  } catch {
    return path;
  }
}
