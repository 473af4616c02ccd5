// The renderer's loops over walls, floor, ceiling and sky in C++, stage by stage as the kernels of envs/vision have them:
// what they could cost is what these do. Boxes and terrain are left out.

#include <cmath>
#include <cstdint>
#include <limits>

namespace {

constexpr int TILE = 512, ROOM = TILE + 16, MOST_BINS = 4096;
constexpr float SKY_HEIGHT = 100.0f, HAZE = 0.03f, NUDGE = 1e-3f;
constexpr float INFINITE = std::numeric_limits<float>::infinity();
enum Face { EAST, WEST, NORTH, SOUTH, UP, DOWN, SKY_FACE };
enum Axis { TOP_AXIS = 2, NO_AXIS = 3 };
constexpr int NOTHING = -1, WALL_TOP = -2;

struct Settings {  // the fields of `layout.SETTINGS`
  float size_x, size_y;
  int32_t cells_x, cells_y;
  float cell, wall_height, ceiling;
  int32_t ground_x, ground_y, light_x, light_y, terrain_x, terrain_y;
  float lowest;
  int32_t boxes, first_ground, ceiling_surface, sky_surface, first_box;
  float fog_density, fog_red, fog_green, fog_blue;
};

struct Frame {
  float x, y, z, first_x, first_y, first_z, right_x, right_y, right_z, down_x, down_y, down_z, pixel;
};

struct Fan {
  int bins, first, count;
};

float column_of[ROOM], row_of[ROOM], ray_x_of[ROOM], ray_y_of[ROOM], ray_z_of[ROOM], depth_of[ROOM], facing_of[ROOM];
float plane_of[ROOM], u_of[ROOM], v_of[ROOM], spread_of[ROOM], clear_of[ROOM];
float wall_depth_of[ROOM], wall_facing_of[ROOM], wall_u_of[ROOM];
int32_t axis_of[ROOM], bin_of[ROOM], face_of[ROOM], surface_of[ROOM], place_of[ROOM];
int32_t colour_of[ROOM], face_light_of[ROOM], place_light_of[ROOM];
int32_t wall_face_of[ROOM], wall_surface_of[ROOM], wall_place_of[ROOM];
int32_t fan_face[MOST_BINS + 2];

Frame frame_of(const float* position, const float* angles, float fov, int height, int width) {
  const float cy = std::cos(angles[0]), sy = std::sin(angles[0]), cp = std::cos(angles[1]), sp = std::sin(angles[1]);
  const float cr = std::cos(angles[2]), sr = std::sin(angles[2]), pixel = 2 * std::tan(fov / 2) / height;
  const float up_x = -sp * cy, up_y = -sp * sy, up_z = cp;
  Frame f{position[0], position[1], position[2]};
  f.pixel = pixel;
  f.right_x = pixel * (cr * sy - sr * up_x);
  f.right_y = pixel * (-cr * cy - sr * up_y);
  f.right_z = pixel * (-sr * up_z);
  f.down_x = -pixel * (cr * up_x + sr * sy);
  f.down_y = -pixel * (cr * up_y - sr * cy);
  f.down_z = -pixel * (cr * up_z);
  const float across = (width - 1) * 0.5f, along = (height - 1) * 0.5f;
  f.first_x = cp * cy - across * f.right_x - along * f.down_x;
  f.first_y = cp * sy - across * f.right_y - along * f.down_y;
  f.first_z = sp - across * f.right_z - along * f.down_z;
  return f;
}

int first_wall(const uint8_t* solid, int cells_x, int cells_y, float x, float y, float z, float ray_x, float ray_y,
               float ray_z, float top) {
  const float per_x = ray_x == 0 ? INFINITE : std::abs(1 / ray_x), per_y = ray_y == 0 ? INFINITE : std::abs(1 / ray_y);
  const bool right = ray_x > 0, up = ray_y > 0;
  if (!(x >= 0 && x < cells_x && y >= 0 && y < cells_y)) return NOTHING;  // the measured cameras are inside
  int ix = int(std::floor(x)), iy = int(std::floor(y));
  float t = 0, next_x = ray_x != 0 ? (right ? ix + 1 - x : x - ix) * per_x : INFINITE;
  float next_y = ray_y != 0 ? (up ? iy + 1 - y : y - iy) * per_y : INFINITE;
  const int step_x = right ? 1 : -1, step_y = up ? 1 : -1;
  while (true) {
    const float leaves = next_x < next_y ? next_x : next_y;
    if (z + t * ray_z > top && solid[iy * cells_x + ix] && z + leaves * ray_z <= top) return WALL_TOP;
    t = leaves;
    int axis;
    if (next_x < next_y) {
      axis = 0;
      ix += step_x;
      next_x += per_x;
      if (ix < 0 || ix >= cells_x) return NOTHING;
    } else {
      axis = 1;
      iy += step_y;
      next_y += per_y;
      if (iy < 0 || iy >= cells_y) return NOTHING;
    }
    if (z + t * ray_z < 0) return NOTHING;
    if (solid[iy * cells_x + ix] && z + t * ray_z <= top) {
      const int line = axis == 0 ? (right ? ix : ix + 1) : (up ? iy : iy + 1);
      return 2 * line + axis;
    }
  }
}

inline float diamond_angle(float x, float y) {
  const float share = y / (std::abs(x) + std::abs(y));
  return x >= 0 ? 1 + share : 3 - share;
}

Fan fan_of(const Frame& f, int height, int width) {
  int bins = int(8.0 / f.pixel);
  bins = bins < 64 ? 64 : bins > MOST_BINS ? MOST_BINS : bins;
  const float last_x = f.first_x + width * f.right_x, last_y = f.first_y + width * f.right_y;
  const float deep_x = height * f.down_x, deep_y = height * f.down_y;
  const float area = f.right_x * f.down_y - f.right_y * f.down_x;
  const float column = (f.first_y * f.down_x - f.first_x * f.down_y) / area;
  const float row = (f.first_x * f.right_y - f.first_y * f.right_x) / area;
  if (area != 0 && -2 < column && column < width + 1 && -2 < row && row < height + 1) return {bins, 0, bins};
  const float centre = diamond_angle(0.5f * (f.first_x + last_x + deep_x), 0.5f * (f.first_y + last_y + deep_y));
  float least = 0, most = 0;
  for (int corner = 0; corner < 4; ++corner) {
    const float x = (corner % 2 ? last_x : f.first_x) + (corner >= 2 ? deep_x : 0);
    const float y = (corner % 2 ? last_y : f.first_y) + (corner >= 2 ? deep_y : 0);
    float away = diamond_angle(x, y) - centre;
    away -= away > 2 ? 4.0f : away < -2 ? -4.0f : 0.0f;
    least = away < least ? away : least;
    most = away > most ? away : most;
  }
  const int first = int(std::floor((centre + least) * bins / 4)) - 1;
  const int count = int(std::floor((centre + most) * bins / 4)) + 2 - first;
  if (count >= bins) return {bins, 0, bins};
  return {bins, (first % bins + bins) % bins, count};
}

void cast_fan(const Fan& fan, const uint8_t* solid, const Settings& s, float x, float y) {
  for (int edge = 0; edge <= fan.count; ++edge) {
    float angle = float((fan.first + edge) * 4.0 / fan.bins);
    if (angle >= 4) angle -= 4;
    const float share = angle < 2 ? angle - 1 : 3 - angle;
    const float ray_x = angle < 2 ? 1 - std::abs(share) : std::abs(share) - 1;
    fan_face[edge] = first_wall(solid, s.cells_x, s.cells_y, x, y, 0, ray_x, share, 0, INFINITE);
  }
}

inline int clamp(float place, float last) {
  place = place > 0 ? place : 0;
  return int(place < last ? place : last);
}

inline float clearness(float distance, float density) {
  float share = 1 - distance * density * 0.125f;
  share = share > 0 ? share : 0;
  share *= share;
  share *= share;
  return share * share;
}

void cast_columns(int columns, const Frame& f, const uint8_t* solid, const Settings& s) {
  const float nudge = NUDGE * s.cell, light_x = s.light_x / s.size_x, light_y = s.light_y / s.size_y;
  for (int k = 0; k < columns; ++k) {
    wall_depth_of[k] = INFINITE;
    wall_facing_of[k] = 1;
    wall_surface_of[k] = wall_place_of[k] = 0;
    const float ray_x = f.first_x + k * f.right_x, ray_y = f.first_y + k * f.right_y;
    const int face = first_wall(solid, s.cells_x, s.cells_y, f.x / s.cell, f.y / s.cell, 0, ray_x, ray_y, 0, INFINITE);
    if (face < 0) continue;
    const float plane = (face / 2) * s.cell;
    const bool eastward = face % 2 == 0;
    const float depth = eastward ? (plane - f.x) / ray_x : (plane - f.y) / ray_y;
    const int side = eastward ? (ray_x < 0 ? EAST : WEST) : (ray_y < 0 ? NORTH : SOUTH);
    const float x = f.x + depth * ray_x, y = f.y + depth * ray_y;
    const float into_x = side == WEST ? nudge : side == EAST ? -nudge : 0;
    const float into_y = side == SOUTH ? nudge : side == NORTH ? -nudge : 0;
    wall_depth_of[k] = depth;
    wall_facing_of[k] = std::abs(eastward ? ray_x : ray_y);
    wall_u_of[k] = eastward ? (side == EAST ? y : -y) : (side == NORTH ? -x : x);
    wall_face_of[k] = side;
    wall_surface_of[k] = clamp((y + into_y) / s.cell, s.cells_y - 1) * s.cells_x + clamp((x + into_x) / s.cell, s.cells_x - 1);
    wall_place_of[k] = 1 + clamp((y - into_y) * light_y, s.light_y - 1) * s.light_x + clamp((x - into_x) * light_x, s.light_x - 1);
  }
}

void resolve_level(int row, int rows, int columns, const Frame& frame, const Settings& scene) {
  const Frame f = frame;
  const Settings s = scene;
  const float ground_x = s.ground_x / s.size_x, ground_y = s.ground_y / s.size_y;
  const float light_x = s.light_x / s.size_x, light_y = s.light_y / s.size_y;
  for (int r = 0; r < rows; ++r) {
    const float ray_z = f.first_z + (row + r) * f.down_z;
    float plane_depth = (ray_z < 0 ? -f.z : s.ceiling - f.z) / ray_z;
    plane_depth = plane_depth > 0 ? plane_depth : INFINITE;
    const bool sky = plane_depth == INFINITE, flat = !sky && ray_z < 0;
    const int plane_face = sky ? SKY_FACE : ray_z < 0 ? UP : DOWN;
    const float reach = sky ? (ray_z > 0 ? SKY_HEIGHT / ray_z : 0) : plane_depth;
    const float origin_x = sky ? 0 : f.x, origin_y = sky ? 0 : f.y;
    const int fixed_surface = sky ? s.sky_surface : s.ceiling_surface;
    const float square_z = ray_z * ray_z, rising = ray_z > 0 ? square_z : 0;
    const int start = r * columns;
#pragma GCC ivdep
    for (int k = 0; k < columns; ++k) {
      const int p = start + k;
      const float ray_x = f.first_x + k * f.right_x, ray_y = f.first_y + k * f.right_y;
      const float square = ray_x * ray_x + ray_y * ray_y + square_z, length = std::sqrt(square);
      float wall_depth = wall_depth_of[k];
      const float wall_z = f.z + wall_depth * ray_z;
      wall_depth = wall_z > s.wall_height ? INFINITE : wall_depth;
      const bool wall = wall_depth < plane_depth;
      const float depth = wall ? wall_depth : plane_depth, far = wall ? wall_depth : reach;
      const float facing = wall ? wall_facing_of[k] : std::abs(ray_z);
      const float x = origin_x + reach * ray_x, y = origin_y + reach * ray_y;
      depth_of[p] = depth;
      u_of[p] = wall ? wall_u_of[k] : x;
      v_of[p] = wall ? -wall_z : y;
      spread_of[p] = far * f.pixel * length / facing;
      const float shows = rising / (rising + HAZE * square), fogged = clearness(depth * length, s.fog_density);
      clear_of[p] = wall || !sky ? fogged : shows;
      const int patch = s.first_ground + clamp(y * ground_y, s.ground_y - 1) * s.ground_x + clamp(x * ground_x, s.ground_x - 1);
      surface_of[p] = wall ? wall_surface_of[k] : flat ? patch : fixed_surface;
      face_of[p] = wall ? wall_face_of[k] : plane_face;
      const int place = 1 + clamp(y * light_y, s.light_y - 1) * s.light_x + clamp(x * light_x, s.light_x - 1);
      place_of[p] = wall ? wall_place_of[k] : sky ? 0 : place;
    }
  }
}

void cast_rays(int count, const Frame& frame, int row) {
  const Frame f = frame;
  const float first_x = f.first_x + row * f.down_x, first_y = f.first_y + row * f.down_y, first_z = f.first_z + row * f.down_z;
  for (int p = 0; p < count; ++p) {
    ray_x_of[p] = first_x + column_of[p] * f.right_x + row_of[p] * f.down_x;
    ray_y_of[p] = first_y + column_of[p] * f.right_y + row_of[p] * f.down_y;
    ray_z_of[p] = first_z + column_of[p] * f.right_z + row_of[p] * f.down_z;
  }
}

void meet_planes(int count, float z, float ceiling) {
  const float below = -z, above = ceiling - z;
  for (int p = 0; p < count; ++p) {
    const float ray_z = ray_z_of[p];
    float depth = (ray_z < 0 ? below : above) / ray_z;
    depth = depth > 0 ? depth : INFINITE;
    depth_of[p] = depth;
    facing_of[p] = std::abs(ray_z);
    face_of[p] = depth < INFINITE ? (ray_z < 0 ? UP : DOWN) : SKY_FACE;
  }
}

void find_bins(int count, Fan fan) {
  const float scale = fan.bins / 4.0f;
  for (int p = 0; p < count; ++p) {
    int place = int(diamond_angle(ray_x_of[p], ray_y_of[p]) * scale) - fan.first;
    place = place >= 0 ? place : place + fan.bins;
    place = place <= fan.count - 1 ? place : fan.count - 1;
    bin_of[p] = place >= 0 ? place : 0;
  }
}

void find_walls(int count, const Frame& f, const uint8_t* solid, const Settings& s) {
  const float x = f.x / s.cell, y = f.y / s.cell, z = f.z / s.cell, height = s.wall_height / s.cell;
  const bool above = z >= height;
  for (int p = 0; p < count; ++p) {
    int face = NOTHING, place = bin_of[p];
    if (!above) face = fan_face[place];
    if (above || face != fan_face[place + 1])
      face = first_wall(solid, s.cells_x, s.cells_y, x, y, z, ray_x_of[p], ray_y_of[p], ray_z_of[p], height);
    if (face >= 0) {
      axis_of[p] = face % 2;
      plane_of[p] = (face / 2) * s.cell;
    } else if (face == WALL_TOP) {
      axis_of[p] = TOP_AXIS;
      plane_of[p] = s.wall_height;
    } else {
      axis_of[p] = NO_AXIS;
    }
  }
}

void resolve(int count, const Frame& frame, const Settings& scene) {
  const Frame f = frame;
  const Settings s = scene;
  const float cell_x = s.cells_x / s.size_x, cell_y = s.cells_y / s.size_y, nudge = NUDGE * s.cell;
  const float ground_x = s.ground_x / s.size_x, ground_y = s.ground_y / s.size_y;
  const float light_x = s.light_x / s.size_x, light_y = s.light_y / s.size_y;
#pragma GCC ivdep
  for (int p = 0; p < count; ++p) {
    const float ray_x = ray_x_of[p], ray_y = ray_y_of[p], ray_z = ray_z_of[p];
    const int axis = axis_of[p];
    float depth = depth_of[p], facing = facing_of[p];
    int face = face_of[p];
    const float origin = axis == TOP_AXIS ? f.z : axis == 0 ? f.x : f.y;
    const float along = axis == TOP_AXIS ? ray_z : axis == 0 ? ray_x : ray_y;
    float wall_depth = (plane_of[p] - origin) / along;
    wall_depth = axis == NO_AXIS ? INFINITE : wall_depth;
    const bool rises = (axis < TOP_AXIS ? f.z + wall_depth * ray_z : 0) > s.wall_height;
    wall_depth = rises || !(wall_depth > 0) ? INFINITE : wall_depth;
    int side = axis == 0 ? (ray_x < 0 ? EAST : WEST) : (ray_y < 0 ? NORTH : SOUTH);
    side = axis == TOP_AXIS ? UP : side;
    const bool wall = wall_depth < depth;
    depth = wall ? wall_depth : depth;
    facing = wall ? std::abs(along) : facing;
    face = wall ? side : face;
    const bool sky = face == SKY_FACE, rising = ray_z > 0;
    const float reach = sky ? (rising ? SKY_HEIGHT / ray_z : 0) : depth;
    const float x = (sky ? 0 : f.x) + reach * ray_x, y = (sky ? 0 : f.y) + reach * ray_y, z = f.z + reach * ray_z;
    const bool upright = face < UP;
    const float u = face < NORTH ? (face == EAST ? y : -y) : (face == NORTH ? -x : x);
    u_of[p] = upright ? u : x;
    v_of[p] = upright ? -z : y;
    const float square = ray_x * ray_x + ray_y * ray_y + ray_z * ray_z, length = std::sqrt(square);
    depth_of[p] = depth;
    spread_of[p] = reach * f.pixel * length / facing;
    const float steep = rising ? ray_z * ray_z : 0, shows = steep / (steep + HAZE * square);
    clear_of[p] = sky ? shows : clearness(depth * length, s.fog_density);
    const float into_x = face == WEST ? nudge : face == EAST ? -nudge : 0;
    const float into_y = face == SOUTH ? nudge : face == NORTH ? -nudge : 0;
    const int cell = clamp((y + into_y) * cell_y, s.cells_y - 1) * s.cells_x + clamp((x + into_x) * cell_x, s.cells_x - 1);
    const int patch = s.first_ground + clamp(y * ground_y, s.ground_y - 1) * s.ground_x + clamp(x * ground_x, s.ground_x - 1);
    int surface = wall ? cell : patch;
    surface = face == DOWN ? s.ceiling_surface : surface;
    surface_of[p] = sky ? s.sky_surface : surface;
    face_of[p] = face;
    const int place = 1 + clamp((y - into_y) * light_y, s.light_y - 1) * s.light_x + clamp((x - into_x) * light_x, s.light_x - 1);
    place_of[p] = sky ? 0 : place;
  }
}

void shade(int count, const int32_t* texture_of_surface, const float* repeats_of, const int32_t* texels,
           const int32_t* face_light, const int32_t* place_light, int size, int levels, int stride) {
#pragma GCC ivdep
  for (int p = 0; p < count; ++p) {
    const int texture = texture_of_surface[surface_of[p]];
    const float repeats = repeats_of[texture], spread = spread_of[p] * repeats * size;
    int32_t bits;
    __builtin_memcpy(&bits, &spread, 4);
    int halvings = (bits >> 23) - 126;
    halvings = halvings > 0 ? halvings : 0;
    halvings = halvings < levels ? halvings : levels;
    const int side = size >> halvings;
    const float u = u_of[p] * repeats, v = v_of[p] * repeats;
    const int column = int((u - std::floor(u)) * side) & (side - 1), row = int((v - std::floor(v)) * side) & (side - 1);
    const int level = int(uint32_t(side * side - 1) * 0xAAAAAAABu);
    colour_of[p] = texels[texture * stride + level + row * side + column];
    face_light_of[p] = face_light[face_of[p]];
    place_light_of[p] = place_light[place_of[p]];
  }
}

inline int lit(int colour, int face, int place) {
  const int shade = ((colour & 255) * (face & 255) * (place & 255)) >> 14;
  return shade < 255 ? shade : 255;
}

void mix(int count, uint8_t* __restrict rgb, int red, int green, int blue) {
  for (int p = 0; p < count; ++p) {
    const int colour = colour_of[p], face = face_light_of[p], place = place_light_of[p];
    const int clear = int(clear_of[p] * 256 + 0.5f), fog = 256 - clear;
    rgb[3 * p] = uint8_t((lit(colour, face, place) * clear + red * fog) >> 8);
    rgb[3 * p + 1] = uint8_t((lit(colour >> 8, face >> 8, place >> 8) * clear + green * fog) >> 8);
    rgb[3 * p + 2] = uint8_t((lit(colour >> 16, face >> 16, place >> 16) * clear + blue * fog) >> 8);
  }
}

}  // namespace

// Pictures of one scene; `width` divides a tile.
extern "C" void render(int count, int height, int width, int level, const float* position, const float* angles,
                       const float* fov, const Settings* scene, const uint8_t* solid, const int32_t* texture,
                       const int32_t* face_light, const int32_t* place_light, const int32_t* texels,
                       const float* repeats, int size, int levels, int stride, uint8_t* rgb) {
  const Settings& s = *scene;
  const int rows = TILE / width;
  for (int p = 0; p < rows * width; ++p) {
    column_of[p] = p % width;
    row_of[p] = p / width;
  }
  for (int n = 0; n < count; ++n) {
    const Frame frame = frame_of(position + 3 * n, angles + 3 * n, fov[n], height, width);
    Fan fan{1, 0, 1};
    if (level) {
      cast_columns(width, frame, solid, s);
    } else {
      fan = fan_of(frame, height, width);
      cast_fan(fan, solid, s, frame.x / s.cell, frame.y / s.cell);
    }
    for (int row = 0; row < height; row += rows) {
      const int here = rows < height - row ? rows : height - row, pixels = here * width;
      if (level) {
        resolve_level(row, here, width, frame, s);
      } else {
        cast_rays(pixels, frame, row);
        meet_planes(pixels, frame.z, s.ceiling);
        find_bins(pixels, fan);
        find_walls(pixels, frame, solid, s);
        resolve(pixels, frame, s);
      }
      shade(pixels, texture, repeats, texels, face_light, place_light, size, levels, stride);
      mix(pixels, rgb + 3 * (size_t(n) * height + row) * width, int(s.fog_red), int(s.fog_green), int(s.fog_blue));
    }
  }
}
